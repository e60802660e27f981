#include "console/views/call_pane.h"

#include "console/views/card.h"
#include "console/views/empty_state.h"
#include "console/views/icons.h"
#include "console/views/latency_delegate.h"
#include "console/views/theme.h"
#include "console/views/timeline_delegate.h"
#include "console/views/transcript_view.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QListView>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>

namespace console::views {

using models::LiveDesk;

namespace {

QListView *makeList(QAbstractItemModel &model, QAbstractItemDelegate *delegate, const QString &name)
{
    auto *list = new QListView;
    delegate->setParent(list);
    list->setModel(&model);
    list->setItemDelegate(delegate);
    list->setAccessibleName(name);
    list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    // The newest stands at the end.
    QObject::connect(&model, &QAbstractItemModel::rowsInserted, list, &QListView::scrollToBottom,
                     Qt::QueuedConnection);
    QObject::connect(&model, &QAbstractItemModel::modelReset, list, &QListView::scrollToBottom,
                     Qt::QueuedConnection);
    return list;
}

} // namespace

CallPane::CallPane(LiveDesk &desk, QWidget *parent)
    : QWidget(parent),
      m_desk(desk),
      m_stack(new QStackedWidget(this)),
      m_title(makeLabel({}, 2, QFont::DemiBold, false, this)),
      m_subtitle(makeLabel({}, 0, QFont::Normal, true, this)),
      m_listen(new QPushButton(tr("Listen"), this)),
      m_hangUp(new QPushButton(tr("Hang up"), this)),
      m_columns(new QSplitter(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    auto *empty = new EmptyState(QStringLiteral("transcript"));
    empty->setText(tr("No call selected"),
                   tr("Select a call above to follow what is said, how fast the agent answers, and "
                      "what happened so far."));
    m_stack->addWidget(empty);
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    column->addWidget(makeHead());
    column->addWidget(makeColumns(), 1);
    m_stack->addWidget(body);

    connect(&desk, &LiveDesk::watchedChanged, this, &CallPane::refreshHead);
    connect(&desk, &LiveDesk::watchedCallUpdated, this, &CallPane::refreshHead);
    connect(&desk, &LiveDesk::commandsChanged, this, &CallPane::refreshCommands);
    connect(&desk, &LiveDesk::listeningChanged, this, &CallPane::refreshCommands);
    for (QAbstractItemModel *model : {static_cast<QAbstractItemModel *>(&desk.transcript()),
                                      static_cast<QAbstractItemModel *>(&desk.latency()),
                                      static_cast<QAbstractItemModel *>(&desk.timeline())}) {
        connect(model, &QAbstractItemModel::rowsInserted, this, &CallPane::refreshRemarks);
        connect(model, &QAbstractItemModel::dataChanged, this, &CallPane::refreshRemarks);
        connect(model, &QAbstractItemModel::modelReset, this, &CallPane::refreshRemarks);
    }
    tint();
    refreshHead();
    refreshCommands();
}

QWidget *CallPane::makeHead()
{
    auto *head = new QWidget;
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(2, 0, 0, 0);
    row->setSpacing(10);
    auto *words = new QVBoxLayout;
    words->setSpacing(1);
    words->addWidget(m_title);
    words->addWidget(m_subtitle);
    row->addLayout(words, 1);
    row->addWidget(m_listen);
    row->addWidget(m_hangUp);
    m_listen->setObjectName(QStringLiteral("listenButton"));
    m_listen->setCheckable(true);
    m_listen->setIconSize(QSize(22, 16));
    m_hangUp->setIconSize(QSize(22, 16));
    m_hangUp->setObjectName(QStringLiteral("hangUpButton"));
    m_hangUp->setProperty("kind", QStringLiteral("danger"));
    m_hangUp->setToolTip(tr("End this call (Ctrl+H); asks first"));
    m_hangUp->setAccessibleDescription(tr("Ends the selected call after a question. Ctrl+H."));
    connect(m_listen, &QPushButton::clicked, this, &CallPane::listenToggled);
    connect(m_listen, &QPushButton::clicked, this, &CallPane::refreshCommands);
    connect(m_hangUp, &QPushButton::clicked, this, &CallPane::hangUpAsked);
    return head;
}

QWidget *CallPane::makeTranscript()
{
    m_transcriptCard = new Card(tr("Transcript"));
    m_transcriptCard->setContent(new TranscriptView(m_desk.transcript()));
    return m_transcriptCard;
}

QWidget *CallPane::makeColumns()
{
    m_latencyCard = new Card(tr("Latency per turn"));
    m_latencyCard->setContent(
        makeList(m_desk.latency(), new LatencyDelegate, tr("Latency per turn")));
    m_timelineCard = new Card(tr("Timeline"));
    m_timelineCard->setContent(makeList(m_desk.timeline(), new TimelineDelegate, tr("Timeline")));
    m_columns->addWidget(makeTranscript());
    m_columns->addWidget(m_latencyCard);
    m_columns->addWidget(m_timelineCard);
    m_columns->setHandleWidth(10);
    m_columns->setChildrenCollapsible(false);
    m_columns->setSizes({560, 330, 330});
    m_columns->setStretchFactor(0, 2);
    m_columns->setStretchFactor(1, 1);
    m_columns->setStretchFactor(2, 1);
    return m_columns;
}

void CallPane::refreshHead()
{
    const auto &call = m_desk.watchedCall();
    m_stack->setCurrentIndex(call ? 1 : 0);
    if (!call)
        return;
    const QString scenario = call->scenarioTitle.isEmpty() ? call->scenario : call->scenarioTitle;
    m_title->setText(QStringLiteral("%1 · %2").arg(call->phoneNumber, scenario));
    QStringList facts{models::stateText(call->state),
                      call->direction == QLatin1String("inbound") ? tr("incoming") : tr("outgoing"),
                      tr("%n turn(s)", nullptr, call->turns),
                      tr("%n interruption(s)", nullptr, call->interruptions)};
    if (!call->endReason.isEmpty())
        facts.append(call->endReason);
    m_subtitle->setText(facts.join(QStringLiteral("  ·  ")));
}

void CallPane::refreshCommands()
{
    const qint64 watched = m_desk.watchedId();
    const bool isListening = watched > 0 && m_desk.listenedId() == watched;
    m_listen->setChecked(isListening);
    m_listen->setText(isListening ? tr("Stop listening") : tr("Listen"));
    m_listen->setEnabled(isListening || m_desk.mayListen(watched));
    const QString hint =
        isListening ? tr("Stop listening (Ctrl+L)") : tr("Hear both sides of this call (Ctrl+L)");
    m_listen->setToolTip(
        m_desk.may(protocol::Permission::Listen) ? hint : tr("Your role may not listen to calls"));
    m_listen->setAccessibleDescription(m_listen->toolTip());
    m_hangUp->setEnabled(m_desk.mayHangUp(watched));
}

void CallPane::refreshRemarks()
{
    const qint64 median = m_desk.latency().medianMs();
    m_latencyCard->setRemark(median < 0 ? QString() : tr("median %1 ms").arg(median));
}

void CallPane::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        tint();
    QWidget::changeEvent(event);
}

void CallPane::tint()
{
    const Theme theme = Theme::of(palette());
    m_listen->setIcon(tintedIcon(QStringLiteral("listen"), theme.accent));
    m_hangUp->setIcon(tintedIcon(QStringLiteral("hang-up"), theme.danger));
}

} // namespace console::views
