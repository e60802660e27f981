#include "console/app/main_window.h"

#include "console/views/card.h"
#include "console/views/connection_banner.h"
#include "console/views/icons.h"
#include "console/views/live_page.h"
#include "console/views/notice_bar.h"
#include "console/views/sign_in_page.h"
#include "console/views/status_strip.h"
#include "console/views/theme.h"

#include <QCloseEvent>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>

namespace console::app {

using models::LiveDesk;

namespace {

QString roleText(protocol::Role role)
{
    switch (role) {
    case protocol::Role::None:
        return MainWindow::tr("no staff role");
    case protocol::Role::Support:
        return MainWindow::tr("Support");
    case protocol::Role::Supervisor:
        return MainWindow::tr("Supervisor");
    case protocol::Role::Billing:
        return MainWindow::tr("Billing");
    case protocol::Role::Admin:
        return MainWindow::tr("Administrator");
    }
    return {};
}

} // namespace

MainWindow::MainWindow(Parts parts)
    : m_parts(parts),
      m_pages(new QStackedWidget(this)),
      m_signIn(new views::SignInPage),
      m_appIcon(new QLabel),
      m_user(views::makeLabel({}, 0, QFont::Normal, true, nullptr)),
      m_signOut(new QPushButton(tr("Sign out"))),
      m_banner(new views::ConnectionBanner(parts.desk)),
      m_notice(new views::NoticeBar),
      m_livePage(new views::LivePage(parts.desk)),
      m_status(new views::StatusStrip(parts.desk))
{
    setWindowTitle(tr("Phone assistant console"));
    setMinimumSize(900, 600);
    m_pages->addWidget(m_signIn);
    m_pages->addWidget(makeDesk());
    setCentralWidget(m_pages);
    connectSession();
    restoreLayout();
    tint();
    m_signIn->setServer(m_parts.settings.server());
    m_signIn->setEmail(m_parts.settings.email());
    m_signIn->focusFirstEmpty();
}

QWidget *MainWindow::makeDesk()
{
    auto *desk = new QWidget;
    auto *layout = new QVBoxLayout(desk);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeTopBar());
    auto *banners = new QVBoxLayout;
    banners->setContentsMargins(18, 0, 18, 0);
    banners->setSpacing(8);
    for (QWidget *banner : {static_cast<QWidget *>(m_banner), static_cast<QWidget *>(m_notice)}) {
        banner->setContentsMargins(0, 0, 0, 0);
        banners->addWidget(banner);
    }
    layout->addSpacing(8);
    layout->addLayout(banners);
    layout->addWidget(m_livePage, 1);
    layout->addWidget(m_status);
    return desk;
}

QWidget *MainWindow::makeTopBar()
{
    auto *bar = new QFrame;
    bar->setObjectName(QStringLiteral("topBar"));
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(18, 8, 12, 8);
    row->setSpacing(10);
    row->addWidget(m_appIcon);
    row->addWidget(views::makeLabel(tr("Phone assistant"), 1, QFont::DemiBold, false, bar));
    row->addStretch();
    row->addWidget(m_user);
    row->addWidget(m_signOut);
    m_signOut->setProperty("kind", QStringLiteral("flat"));
    m_signOut->setIconSize(QSize(20, 15));
    m_signOut->setToolTip(tr("End this session on this computer and on the server"));
    connect(m_signOut, &QPushButton::clicked, this, [this] {
        m_parts.tokens.remove(tokenKey());
        m_parts.client.signOut();
    });
    return bar;
}

void MainWindow::connectSession()
{
    connect(m_signIn, &views::SignInPage::signInRequested, this, &MainWindow::signIn);
    api::ApiClient &client = m_parts.client;
    connect(&client, &api::ApiClient::signedIn, this, &MainWindow::onSignedIn);
    connect(&client, &api::ApiClient::signInFailed, this, &MainWindow::onSignInFailed);
    connect(&client, &api::ApiClient::signedOut, this, &MainWindow::onSignedOut);
    connect(&client, &api::ApiClient::refreshTokenIssued, this,
            [this](const base::Secret &token) { m_parts.tokens.write(tokenKey(), token); });
    connect(&m_parts.tokens, &api::TokenStore::fallenBack, this, [this](const QString &reason) {
        m_status->setTokenNote(reason);
        showNotice(reason);
    });
    connect(&m_parts.desk, &LiveDesk::failed, this, &MainWindow::showNotice);
}

QString MainWindow::tokenKey() const
{
    return QStringLiteral("%1 %2").arg(m_server.toString(QUrl::RemoveUserInfo), m_email);
}

void MainWindow::resumeSession()
{
    const auto server = views::serverFromText(m_parts.settings.server());
    m_email = m_parts.settings.email();
    if (!server || m_email.isEmpty())
        return;
    m_server = *server;
    m_parts.tokens.read(tokenKey(), this, [this](const base::Secret &token) {
        if (token.isEmpty() || m_parts.client.isSignedIn())
            return;
        m_isResuming = true;
        m_signIn->setBusy(tr("Signing in again…"));
        m_parts.client.resume(m_server, token);
    });
}

void MainWindow::signIn(const QUrl &server, const QString &email, const base::Secret &password)
{
    m_isResuming = false;
    m_server = server;
    m_email = email;
    m_signIn->setServer(server.toString());
    m_signIn->setEmail(email);
    m_signIn->setBusy(tr("Signing in…"));
    m_parts.client.signIn(server, email, password);
}

void MainWindow::onSignedIn(const protocol::User &user)
{
    if (!protocol::isAllowed(user.role, protocol::Permission::WatchCalls)) {
        m_parts.tokens.remove(tokenKey());
        m_parts.client.signOut();
        m_signIn->showProblem(
            tr("This account may not watch calls. Ask an administrator for a role."));
        return;
    }
    m_parts.settings.setServer(m_server.toString());
    m_parts.settings.setEmail(m_email);
    m_user->setText(QStringLiteral("%1  ·  %2")
                        .arg(user.name.isEmpty() ? user.email : user.name, roleText(user.role)));
    m_status->setServer(m_server.toString(QUrl::RemoveScheme).remove(QStringLiteral("//")));
    m_pages->setCurrentIndex(1);
    m_livePage->setFocus();
    m_parts.desk.open();
}

void MainWindow::onSignInFailed(const QString &message)
{
    m_signIn->showProblem(m_isResuming ? tr("Please sign in again. %1").arg(message) : message);
}

void MainWindow::onSignedOut(const QString &reason)
{
    m_parts.desk.close();
    m_notice->hide();
    m_pages->setCurrentIndex(0);
    m_signIn->showProblem(reason);
}

void MainWindow::showNotice(const QString &text)
{
    m_notice->showNotice(text, views::NoticeBar::Stay::Briefly);
}

void MainWindow::restoreLayout()
{
    resize(1280, 800);
    restoreGeometry(m_parts.settings.windowGeometry());
    m_livePage->rows()->restoreState(m_parts.settings.livePageRows());
    m_livePage->columns()->restoreState(m_parts.settings.livePageColumns());
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    m_parts.settings.setWindowGeometry(saveGeometry());
    m_parts.settings.setLivePageRows(m_livePage->rows()->saveState());
    m_parts.settings.setLivePageColumns(m_livePage->columns()->saveState());
    QMainWindow::closeEvent(event);
}

void MainWindow::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        tint();
    QMainWindow::changeEvent(event);
}

void MainWindow::tint()
{
    const views::Theme theme = views::Theme::of(palette());
    m_appIcon->setPixmap(views::appIcon().pixmap(QSize(26, 26), devicePixelRatioF()));
    m_signOut->setIcon(views::tintedIcon(QStringLiteral("sign-out"), theme.mutedText));
}

} // namespace console::app
