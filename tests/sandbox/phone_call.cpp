#include "tests/sandbox/phone_call.h"

#include "tests/sandbox/sids.h"

#include <QLocale>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace sandbox {

using namespace std::chrono;

namespace {

QString rfc2822(const QDateTime &time)
{
    return QLocale::c().toString(time.toUTC(), u"ddd, dd MMM yyyy HH:mm:ss '+0000'"_s);
}

constexpr int kUnansweredRings = 10;
// How long it takes to tell a machine from a person, and how long a machine's greeting is.
constexpr milliseconds kDetection{400};
constexpr milliseconds kGreeting{1'200};

/// Numbers with a known fate, like the vendor's magic test numbers.
QString fateOf(const QString &number)
{
    if (number.endsWith(u"0001"))
        return u"busy"_s;
    if (number.endsWith(u"0002"))
        return u"no-answer"_s;
    if (number.endsWith(u"0003"))
        return u"failed"_s;
    return {};
}

} // namespace

PhoneCall::PhoneCall(Direction direction, Form order, QString dialogue, CallWorld world)
    : m_direction(direction),
      m_order(std::move(order)),
      m_dialogue(std::move(dialogue)),
      m_world(std::move(world)),
      m_sid(newSid("CA")),
      m_status(direction == Direction::Outbound ? u"queued"_s : u"ringing"_s),
      m_createdAt(base::utcNow())
{
}

void PhoneCall::later(milliseconds delay, void (PhoneCall::*step)())
{
    QTimer::singleShot(delay, this, [this, step] {
        if (!m_over)
            (this->*step)();
    });
}

void PhoneCall::dial()
{
    if (m_direction == Direction::Inbound) {
        later(0ms, &PhoneCall::answer);
        return;
    }
    notify(u"initiated"_s, u"initiated"_s);
    const QString fate = fateOf(m_order.value(u"To"_s));
    if (fate == u"failed") {
        QTimer::singleShot(0, this, [this, fate] { complete(fate); });
        return;
    }
    later(0ms, &PhoneCall::ring);
}

void PhoneCall::ring()
{
    setStatus(u"ringing"_s);
    notify(u"ringing"_s, m_status);
    const QString fate = fateOf(m_order.value(u"To"_s));
    if (fate.isEmpty()) {
        later(m_world.settings.ring, &PhoneCall::answer);
        return;
    }
    // Giving up takes longer than answering.
    const auto patience = m_world.settings.ring * (fate == u"no-answer" ? kUnansweredRings : 1);
    QTimer::singleShot(patience, this, [this, fate] { complete(fate); });
}

void PhoneCall::answer()
{
    m_answeredAt = base::utcNow();
    setStatus(u"in-progress"_s);
    notify(u"answered"_s, m_status);
    if (m_order.has(u"MachineDetection"_s))
        later(whoAnswers() == u"machine_end_beep" ? kDetection + kGreeting : kDetection,
              &PhoneCall::tellWhoAnswered);
    if (const int limit = m_order.value(u"TimeLimit"_s).toInt(); limit > 0)
        QTimer::singleShot(std::chrono::seconds(limit), this, [this] { complete(u"completed"_s); });
    if (m_order.has(u"Twiml"_s))
        play(m_order.value(u"Twiml"_s).toUtf8());
    else
        fetch(m_order.value(u"Url"_s), m_order.value(u"Method"_s));
}

QString PhoneCall::whoAnswers() const
{
    if (!m_order.value(u"To"_s).endsWith(u"0004"))
        return u"human"_s;
    return m_order.value(u"MachineDetection"_s) == u"Enable" ? u"machine_start"_s
                                                             : u"machine_end_beep"_s;
}

void PhoneCall::tellWhoAnswered()
{
    m_answeredBy = whoAnswers();
    const QString url = m_order.value(u"AsyncAmdStatusCallback"_s);
    if (url.isEmpty())
        return;
    const bool isGet = m_order.value(u"AsyncAmdStatusCallbackMethod"_s) == u"GET";
    post(isGet ? "GET" : "POST", url,
         {{u"CallSid"_s, m_sid},
          {u"AccountSid"_s, QString::fromLatin1(m_world.settings.accountSid)},
          {u"AnsweredBy"_s, m_answeredBy},
          {u"MachineDetectionDuration"_s, QString::number(kDetection.count())}});
}

void PhoneCall::fetch(const QString &url, const QString &method)
{
    const Form fields = callbackFields(m_status);
    const int document = ++m_document;
    m_world.webhook.send(method == u"GET" ? "GET" : "POST", url, fields, this,
                         [this, document](const Webhook::Answer &answer) {
                             if (m_over || document != m_document)
                                 return;
                             if (answer.status == 200)
                                 play(answer.body);
                             else
                                 complete(
                                     u"completed"_s); // the network plays an error and hangs up
                         });
}

void PhoneCall::play(const QByteArray &document)
{
    const auto verbs = parseTwiml(document);
    if (!verbs) {
        m_world.journal.breach(m_sid,
                               u"TwiML cannot be played (12100): "_s + verbs.error().message);
        complete(u"completed"_s);
        return;
    }
    ++m_document;
    m_verbs = *verbs;
    m_verb = 0;
    nextVerb();
}

void PhoneCall::nextVerb()
{
    if (m_over)
        return;
    if (m_verb >= m_verbs.size()) {
        complete(u"completed"_s);
        return;
    }
    const Verb verb = m_verbs[m_verb++];
    switch (verb.kind) {
    case Verb::Kind::Say:
        m_said.append(verb.text);
        [[fallthrough]];
    case Verb::Kind::Pause:
        QTimer::singleShot(verb.length, this, [this, document = m_document] {
            if (document == m_document)
                nextVerb();
        });
        break;
    case Verb::Kind::Stream:
        openStream(verb);
        break;
    case Verb::Kind::Hangup:
        complete(u"completed"_s);
        break;
    case Verb::Kind::Reject:
        complete(verb.text == u"busy" ? u"busy"_s : u"no-answer"_s);
        break;
    }
}

const Dialogue &PhoneCall::chooseDialogue(const QString &streamUrl)
{
    const DialogueBook &book = m_world.book;
    if (const Dialogue *named = book.byName(m_dialogue))
        return *named;
    if (const Dialogue *named = book.byName(m_world.settings.dialogue))
        return *named;
    if (const Dialogue *fitting = book.byScenario(QUrl(streamUrl).path().section(u'/', -1)))
        return *fitting;
    return m_world.book.next();
}

void PhoneCall::openStream(const Verb &stream)
{
    const Dialogue dialogue = chooseDialogue(stream.text);
    m_dialogue = dialogue.name;
    MediaLine::Order order{m_sid, stream, m_world.tags.issue({m_sid, dialogue.name}),
                           m_world.faults.takeDisturbance()};
    m_lines.push_back(std::make_unique<MediaLine>(
        std::move(order), Caller(dialogue, m_world.library, m_world.settings.manners),
        m_world.settings, m_world.journal));
    MediaLine *opened = line();
    connect(
        opened, &MediaLine::callerHungUp, this, [this] { complete(u"completed"_s); },
        Qt::QueuedConnection);
    connect(
        opened, &MediaLine::closed, this,
        [this, document = m_document] {
            if (document == m_document)
                nextVerb();
        },
        Qt::QueuedConnection);
    opened->open();
    emit changed();
}

void PhoneCall::redirect(const QByteArray &twiml)
{
    ++m_document;
    if (line())
        line()->end();
    play(twiml);
}

void PhoneCall::redirectTo(const QString &url, const QString &method)
{
    ++m_document;
    if (line())
        line()->end();
    fetch(url, method);
}

void PhoneCall::complete(const QString &status)
{
    if (m_over)
        return;
    m_over = true;
    m_endedAt = base::utcNow();
    if (line())
        line()->end();
    setStatus(status);
    notify(u"completed"_s, m_status);
    if (m_order.value(u"Record"_s) == u"true" && isAnswered())
        QTimer::singleShot(m_world.settings.recordingDelay, this, &PhoneCall::offerRecording);
}

void PhoneCall::setStatus(const QString &status)
{
    m_status = status;
    m_world.journal.event(m_sid, status);
    emit changed();
}

void PhoneCall::notify(const QString &event, const QString &status)
{
    const QString url = m_order.value(u"StatusCallback"_s);
    QStringList wanted;
    for (const QString &value : m_order.values(u"StatusCallbackEvent"_s))
        wanted += value.split(u' ', Qt::SkipEmptyParts);
    if (url.isEmpty() || !(wanted.isEmpty() ? event == u"completed" : wanted.contains(event)))
        return;
    Form fields = callbackFields(status);
    fields.add(u"Timestamp"_s, rfc2822(base::utcNow()));
    fields.add(u"CallbackSource"_s, u"call-progress-events"_s);
    fields.add(u"SequenceNumber"_s, QString::number(m_callbacks++));
    if (event == u"completed") {
        fields.add(u"CallDuration"_s, QString::number(seconds()));
        fields.add(u"Duration"_s, QString::number((seconds() + 59) / 60));
    }
    const bool isGet = m_order.value(u"StatusCallbackMethod"_s) == u"GET";
    post(isGet ? "GET" : "POST", url, fields);
}

void PhoneCall::offerRecording()
{
    m_recordingSid = newSid("RE");
    emit changed();
    const QString account = QString::fromLatin1(m_world.settings.accountSid);
    const QString url = m_order.value(u"RecordingStatusCallback"_s);
    if (url.isEmpty())
        return;
    const bool dual = m_order.value(u"RecordingChannels"_s) == u"dual";
    const Form fields{{u"AccountSid"_s, account},
                      {u"CallSid"_s, m_sid},
                      {u"RecordingSid"_s, m_recordingSid},
                      {u"RecordingUrl"_s, u"%1/2010-04-01/Accounts/%2/Recordings/%3"_s.arg(
                                              m_world.restBase, account, m_recordingSid)},
                      {u"RecordingStatus"_s, u"completed"_s},
                      {u"RecordingDuration"_s, QString::number(seconds())},
                      {u"RecordingChannels"_s, dual ? u"2"_s : u"1"_s},
                      {u"RecordingStartTime"_s, rfc2822(m_answeredAt)},
                      {u"RecordingSource"_s, u"OutboundAPI"_s},
                      {u"ErrorCode"_s, u"0"_s}};
    post("POST", url, fields);
}

void PhoneCall::post(const QByteArray &method, const QString &url, const Form &fields)
{
    m_outbox.append({method, url, fields});
    if (m_outbox.size() == 1)
        postNext();
}

void PhoneCall::postNext()
{
    const Callback next = m_outbox.first();
    m_world.webhook.send(next.method, next.url, next.fields, this, [this](const Webhook::Answer &) {
        m_outbox.removeFirst();
        if (!m_outbox.isEmpty())
            postNext();
    });
}

Form PhoneCall::callbackFields(const QString &status) const
{
    const bool outbound = m_direction == Direction::Outbound;
    return {{u"CallSid"_s, m_sid},
            {u"AccountSid"_s, QString::fromLatin1(m_world.settings.accountSid)},
            {u"From"_s, m_order.value(u"From"_s)},
            {u"To"_s, m_order.value(u"To"_s)},
            {u"Caller"_s, m_order.value(u"From"_s)},
            {u"Called"_s, m_order.value(u"To"_s)},
            {u"CallStatus"_s, status},
            {u"Direction"_s, outbound ? u"outbound-api"_s : u"inbound"_s},
            {u"ApiVersion"_s, u"2010-04-01"_s}};
}

int PhoneCall::seconds() const
{
    if (!m_answeredAt.isValid())
        return 0;
    const QDateTime end = m_endedAt.isValid() ? m_endedAt : base::utcNow();
    return int((m_answeredAt.msecsTo(end) + 999) / 1000); // the network counts begun seconds
}

} // namespace sandbox
