// A sentence across the page: something happened that one should know.
#pragma once

#include <QFrame>
#include <QTimer>

class QLabel;
class QPushButton;

namespace console::views {

/// Shows the latest notice until it is closed; ordinary ones also leave by themselves.
class NoticeBar final : public QFrame
{
    Q_OBJECT

public:
    enum class Stay { Briefly, UntilClosed };

    explicit NoticeBar(QWidget *parent = nullptr);

    void showNotice(const QString &text, Stay stay);
    QString text() const;

protected:
    void changeEvent(QEvent *event) override;

private:
    void tint();

    QLabel *m_icon;
    QLabel *m_text;
    QPushButton *m_close;
    QTimer m_leave;
};

} // namespace console::views
