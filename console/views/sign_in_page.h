// Where one says who one is.
#pragma once

#include "shared/base/secret.h"

#include <QUrl>
#include <QWidget>

#include <optional>

class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace console::views {

/// Asks for server, e-mail and password. Checks what can be checked here and says the rest is
/// somebody else's; never keeps the password longer than the request needs it.
class SignInPage final : public QWidget
{
    Q_OBJECT

public:
    explicit SignInPage(QWidget *parent = nullptr);

    void setServer(const QString &server);
    void setEmail(const QString &email);
    /// While waiting the fields are locked.
    void setBusy(const QString &what);
    void showProblem(const QString &message);
    /// Places the cursor in the first empty field.
    void focusFirstEmpty();

signals:
    void signInRequested(const QUrl &server, const QString &email, const base::Secret &password);

private:
    QWidget *makeForm();
    QLineEdit *addField(QVBoxLayout *layout, const QString &label, const QString &name,
                        const QString &hint) const;
    void submit();
    void setMessage(const QString &message, bool isProblem);
    void setLocked(bool isLocked);

    QLineEdit *m_server = nullptr;
    QLineEdit *m_email = nullptr;
    QLineEdit *m_password = nullptr;
    QPushButton *m_button = nullptr;
    QLabel *m_message = nullptr;
};

/// Reads an address as people type it: the scheme may be missing ("http" for this computer, "https"
/// otherwise). Nothing for what is no address of a server.
std::optional<QUrl> serverFromText(const QString &text);

} // namespace console::views
