#include "console/views/sign_in_page.h"

#include "console/views/card.h"
#include "console/views/icons.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHostAddress>
#include <QLineEdit>
#include <QPushButton>
#include <QStyle>
#include <QVBoxLayout>

namespace console::views {

namespace {

bool isThisComputer(const QString &host)
{
    return host == QLatin1String("localhost") || QHostAddress(host).isLoopback();
}

} // namespace

std::optional<QUrl> serverFromText(const QString &text)
{
    QString typed = text.trimmed();
    if (typed.isEmpty())
        return std::nullopt;
    const bool hasScheme = typed.contains(QLatin1String("://"));
    if (!hasScheme)
        typed.prepend(QStringLiteral("https://"));
    QUrl url(typed, QUrl::StrictMode);
    if (!hasScheme && isThisComputer(url.host()))
        url.setScheme(QStringLiteral("http"));
    const bool isWeb =
        url.scheme() == QLatin1String("http") || url.scheme() == QLatin1String("https");
    if (!url.isValid() || !isWeb || url.host().isEmpty() || !url.userInfo().isEmpty()
        || url.hasQuery() || url.hasFragment())
        return std::nullopt;
    return url;
}

SignInPage::SignInPage(QWidget *parent) : QWidget(parent)
{
    auto *layout = new QVBoxLayout(this);
    layout->addStretch(2);
    layout->addWidget(makeForm(), 0, Qt::AlignHCenter);
    layout->addStretch(3);
}

QWidget *SignInPage::makeForm()
{
    auto *card = new QFrame(this);
    card->setObjectName(QStringLiteral("card"));
    card->setFixedWidth(420);
    auto *layout = new QVBoxLayout(card);
    layout->setContentsMargins(36, 32, 36, 32);
    layout->setSpacing(6);
    auto *icon = new QLabel(card);
    icon->setPixmap(appIcon().pixmap(QSize(48, 48), devicePixelRatioF()));
    layout->addWidget(icon);
    layout->addSpacing(8);
    layout->addWidget(makeLabel(tr("Phone assistant"), 7, QFont::DemiBold, false, card));
    layout->addWidget(makeLabel(tr("Sign in to watch calls live."), 0, QFont::Normal, true, card));
    layout->addSpacing(10);
    m_server = addField(layout, tr("&Server"), QStringLiteral("serverField"),
                        QStringLiteral("http://127.0.0.1:5051"));
    m_email = addField(layout, tr("&E-mail"), QStringLiteral("emailField"), tr("you@example.com"));
    m_password = addField(layout, tr("&Password"), QStringLiteral("passwordField"), {});
    m_password->setEchoMode(QLineEdit::Password);
    layout->addSpacing(12);
    m_button = new QPushButton(tr("Sign in"), card);
    m_button->setObjectName(QStringLiteral("signInButton"));
    m_button->setProperty("kind", QStringLiteral("primary"));
    m_button->setMinimumHeight(38);
    connect(m_button, &QPushButton::clicked, this, &SignInPage::submit);
    layout->addWidget(m_button);
    m_message = makeLabel({}, 0, QFont::Normal, true, card);
    m_message->setObjectName(QStringLiteral("signInMessage"));
    m_message->setWordWrap(true);
    m_message->setMinimumHeight(m_message->fontMetrics().height() * 2 + 6);
    m_message->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    layout->addWidget(m_message);
    return card;
}

QLineEdit *SignInPage::addField(QVBoxLayout *layout, const QString &label, const QString &name,
                                const QString &hint) const
{
    auto *caption = new QLabel(label);
    caption->setFont(fontLike(caption->font(), 0, QFont::Medium));
    auto *field = new QLineEdit;
    field->setObjectName(name);
    field->setPlaceholderText(hint);
    field->setAccessibleName(QString(label).remove(u'&'));
    caption->setBuddy(field);
    connect(field, &QLineEdit::returnPressed, this, &SignInPage::submit);
    layout->addSpacing(4);
    layout->addWidget(caption);
    layout->addWidget(field);
    return field;
}

void SignInPage::setServer(const QString &server)
{
    m_server->setText(server);
}

void SignInPage::setEmail(const QString &email)
{
    m_email->setText(email);
}

void SignInPage::setBusy(const QString &what)
{
    setLocked(true);
    setMessage(what, false);
}

void SignInPage::showProblem(const QString &message)
{
    setLocked(false);
    setMessage(message, true);
    m_password->clear();
    focusFirstEmpty();
}

void SignInPage::focusFirstEmpty()
{
    for (QLineEdit *field : {m_server, m_email, m_password}) {
        if (field->text().isEmpty()) {
            field->setFocus();
            return;
        }
    }
}

void SignInPage::setLocked(bool isLocked)
{
    for (QWidget *widget : {static_cast<QWidget *>(m_server), static_cast<QWidget *>(m_email),
                            static_cast<QWidget *>(m_password), static_cast<QWidget *>(m_button)})
        widget->setEnabled(!isLocked);
}

void SignInPage::setMessage(const QString &message, bool isProblem)
{
    m_message->setText(message);
    m_message->setProperty("kind", isProblem ? QStringLiteral("error") : QStringLiteral("muted"));
    m_message->setAccessibleName(message);
    style()->unpolish(m_message);
    style()->polish(m_message);
}

void SignInPage::submit()
{
    const auto server = serverFromText(m_server->text());
    const QString email = m_email->text().trimmed();
    if (!server) {
        setMessage(tr("Please enter the server's address, such as https://calls.example.com."),
                   true);
        m_server->setFocus();
    } else if (email.isEmpty()) {
        setMessage(tr("Please enter your e-mail address."), true);
        m_email->setFocus();
    } else if (m_password->text().isEmpty()) {
        setMessage(tr("Please enter your password."), true);
        m_password->setFocus();
    } else {
        setBusy(tr("Signing in…"));
        const base::Secret password(m_password->text().toUtf8());
        m_password->clear();
        emit signInRequested(*server, email, password);
    }
}

} // namespace console::views
