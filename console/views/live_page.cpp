#include "console/views/live_page.h"

#include "console/views/call_pane.h"
#include "console/views/calls_table.h"
#include "console/views/card.h"
#include "console/views/empty_state.h"

#include <QHBoxLayout>
#include <QMessageBox>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>

namespace console::views {

using models::LiveDesk;

namespace {

using namespace std::chrono_literals;
constexpr auto kTick = 50ms; ///< 20 pictures a second are enough for a calm meter

} // namespace

LivePage::LivePage(LiveDesk &desk, QWidget *parent)
    : QWidget(parent),
      m_desk(desk),
      m_count(makeLabel({}, 0, QFont::Normal, true, this)),
      m_rows(new QSplitter(Qt::Vertical, this)),
      m_tableStack(new QStackedWidget),
      m_table(new CallsTable(desk.calls())),
      m_empty(new EmptyState(QStringLiteral("calls"))),
      m_pane(new CallPane(desk))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(18, 14, 18, 14);
    layout->setSpacing(12);
    auto *head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(makeLabel(tr("Live calls"), 6, QFont::DemiBold, false, this));
    head->addWidget(m_count, 0, Qt::AlignBottom);
    head->addStretch();
    layout->addLayout(head);
    m_rows->addWidget(makeTable());
    m_rows->addWidget(m_pane);
    m_rows->setHandleWidth(14);
    m_rows->setChildrenCollapsible(false);
    m_rows->setSizes({370, 320});
    layout->addWidget(m_rows, 1);

    addShortcuts();
    connect(m_table, &CallsTable::callSelected, &desk, &LiveDesk::watch);
    connect(m_pane, &CallPane::listenToggled, this, &LivePage::toggleListening);
    connect(m_pane, &CallPane::hangUpAsked, this, &LivePage::askToHangUp);
    for (const auto signal :
         {&LiveDesk::linkChanged, &LiveDesk::snapshotTaken, &LiveDesk::commandsChanged})
        connect(&desk, signal, this, &LivePage::refreshEmptyState);
    m_tick.setInterval(kTick);
    connect(&m_tick, &QTimer::timeout, this, &LivePage::advance);
    m_sinceTick.start();
    m_tick.start();
    refreshEmptyState();
}

QSplitter *LivePage::columns() const
{
    return m_pane->columns();
}

QWidget *LivePage::makeTable()
{
    auto *card = new QFrame;
    card->setObjectName(QStringLiteral("card"));
    auto *layout = new QVBoxLayout(card);
    layout->setContentsMargins(1, 4, 1, 4);
    layout->addWidget(m_tableStack);
    m_tableStack->addWidget(m_empty);
    m_tableStack->addWidget(m_table);
    card->setMinimumHeight(140);
    return card;
}

void LivePage::addShortcuts()
{
    const auto add = [this](const QKeySequence &keys, void (LivePage::*action)()) {
        auto *shortcut = new QShortcut(keys, this);
        connect(shortcut, &QShortcut::activated, this, action);
    };
    add(QKeySequence(Qt::CTRL | Qt::Key_L), &LivePage::toggleListening);
    add(QKeySequence(Qt::CTRL | Qt::Key_H), &LivePage::askToHangUp);
}

void LivePage::toggleListening()
{
    const qint64 watched = m_desk.watchedId();
    if (m_desk.listenedId() > 0 && (m_desk.listenedId() == watched || !m_desk.mayListen(watched)))
        m_desk.stopListening();
    else
        m_desk.listen(watched);
}

void LivePage::askToHangUp()
{
    const qint64 callId = m_desk.watchedId();
    if (!m_desk.mayHangUp(callId))
        return;
    auto *question = new QMessageBox(this);
    question->setObjectName(QStringLiteral("hangUpQuestion"));
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setIcon(QMessageBox::NoIcon);
    question->setWindowTitle(tr("Hang up"));
    question->setTextFormat(Qt::PlainText);
    question->setText(tr("Hang up the call with %1?").arg(m_desk.watchedCall()->phoneNumber));
    question->setInformativeText(tr("The caller is cut off at once. This is written to the log."));
    auto *yes = new QPushButton(tr("Hang up"), question);
    yes->setProperty("kind", QStringLiteral("danger"));
    question->addButton(yes, QMessageBox::DestructiveRole);
    QPushButton *no = question->addButton(tr("Keep the call"), QMessageBox::RejectRole);
    question->setDefaultButton(no);
    question->setEscapeButton(no);
    question->layout()->setContentsMargins(8, 20, 22, 18);
    connect(yes, &QPushButton::clicked, this, [this, callId] { m_desk.hangUp(callId); });
    question->open();
}

void LivePage::advance()
{
    const std::chrono::milliseconds elapsed(m_sinceTick.restart());
    m_desk.calls().advance(QDateTime::currentDateTimeUtc(), elapsed);
}

void LivePage::refreshEmptyState()
{
    const bool isEmpty = m_desk.calls().rowCount() == 0;
    m_tableStack->setCurrentIndex(isEmpty ? 0 : 1);
    if (m_desk.hasSnapshot())
        m_empty->setText(tr("No calls yet"),
                         tr("A call appears here the moment it is placed or comes in, and stays "
                            "until it has ended."));
    else if (m_desk.link() == LiveDesk::Link::Refused)
        m_empty->setText(tr("No access"), m_desk.linkProblem());
    else
        m_empty->setText(tr("Connecting…"), tr("Asking the server for its calls."));
    refreshCount();
}

void LivePage::refreshCount()
{
    const int talking = m_desk.calls().talkingCount();
    m_count->setText(m_desk.hasSnapshot() ? tr("%n talking", nullptr, talking) : QString());
}

} // namespace console::views
