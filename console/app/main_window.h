// The console's window.
#pragma once

#include "console/api/api_client.h"
#include "console/api/token_store.h"
#include "console/app/settings.h"
#include "console/models/live_desk.h"

#include <QMainWindow>

class QLabel;
class QPushButton;
class QStackedWidget;

namespace console::views {
class ConnectionBanner;
class LivePage;
class NoticeBar;
class SignInPage;
class StatusStrip;
} // namespace console::views

namespace console::app {

/// Sign-in page or Live page, with banners above and the status strip below. Decides which page is
/// shown and stores what is to be remembered. GUI thread; all parts must outlive it.
class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    struct Parts
    {
        api::ApiClient &client;
        api::TokenStore &tokens;
        models::LiveDesk &desk;
        Settings settings;
    };

    explicit MainWindow(Parts parts);

    /// Signs in with what is stored for the server and account used last, if anything.
    void resumeSession();
    void signIn(const QUrl &server, const QString &email, const base::Secret &password);

    views::LivePage *livePage() const { return m_livePage; }
    void showNotice(const QString &text);

protected:
    void closeEvent(QCloseEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QWidget *makeDesk();
    QWidget *makeTopBar();
    void connectSession();
    void onSignedIn(const protocol::User &user);
    void onSignInFailed(const QString &message);
    void onSignedOut(const QString &reason);
    void restoreLayout();
    void tint();
    QString tokenKey() const;

    Parts m_parts;
    QStackedWidget *m_pages;
    views::SignInPage *m_signIn;
    QLabel *m_appIcon;
    QLabel *m_user;
    QPushButton *m_signOut;
    views::ConnectionBanner *m_banner;
    views::NoticeBar *m_notice;
    views::LivePage *m_livePage;
    views::StatusStrip *m_status;
    QString m_email; ///< of the session, or of the attempt under way
    QUrl m_server;
    bool m_isResuming = false;
};

} // namespace console::app
