// How a call looks from outside: as a REST resource, in the report, as a recording.
#include "tests/sandbox/phone_call.h"

#include "shared/audio/mulaw.h"
#include "shared/audio/wav.h"

#include <QLocale>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

QJsonValue shownTime(const QDateTime &time)
{
    if (!time.isValid())
        return QJsonValue::Null;
    return QLocale::c().toString(time.toUTC(), u"ddd, dd MMM yyyy HH:mm:ss '+0000'"_s);
}

QJsonObject lineReport(MediaLine &line)
{
    const auto now = PlayOut::at(std::chrono::steady_clock::now());
    PlayOut &playOut = line.playOut();
    QJsonArray segments;
    for (const PlayOut::Segment &segment : playOut.segments(now)) {
        segments.append(QJsonObject{{u"mark"_s, segment.mark},
                                    {u"ms"_s, double(segment.bytes) / audio::kBytesPerMs},
                                    {u"heard_ms"_s, double(segment.played) / audio::kBytesPerMs},
                                    {u"cleared"_s, segment.cleared}});
    }
    return {{u"stream_sid"_s, line.streamSid()},
            {u"received_ms"_s, double(playOut.received().size()) / audio::kBytesPerMs},
            {u"heard_ms"_s, double(playOut.playedBytes(now)) / audio::kBytesPerMs},
            {u"clears"_s, playOut.clears()},
            {u"segments"_s, segments}};
}

} // namespace

QJsonObject PhoneCall::resource() const
{
    const QString account = QString::fromLatin1(m_world.settings.accountSid);
    const QString path = u"/2010-04-01/Accounts/%1/Calls/%2"_s.arg(account, m_sid);
    const bool answered = isAnswered();
    const bool outbound = m_direction == Direction::Outbound;
    QJsonObject links;
    for (const auto &part :
         {u"notifications"_s, u"recordings"_s, u"streams"_s, u"transcriptions"_s})
        links.insert(part, path + u'/' + part.at(0).toUpper() + part.sliced(1) + u".json"_s);
    return {
        {u"sid"_s, m_sid},
        {u"account_sid"_s, account},
        {u"api_version"_s, u"2010-04-01"_s},
        {u"date_created"_s, shownTime(m_createdAt)},
        {u"date_updated"_s, shownTime(m_endedAt.isValid() ? m_endedAt : m_createdAt)},
        {u"start_time"_s, shownTime(m_answeredAt)},
        {u"end_time"_s, shownTime(m_endedAt)},
        {u"duration"_s, m_over && answered ? QJsonValue(QString::number(seconds())) : QJsonValue()},
        {u"direction"_s, outbound ? u"outbound-api"_s : u"inbound"_s},
        {u"from"_s, m_order.value(u"From"_s)},
        {u"from_formatted"_s, m_order.value(u"From"_s)},
        {u"to"_s, m_order.value(u"To"_s)},
        {u"to_formatted"_s, m_order.value(u"To"_s)},
        {u"status"_s, m_status},
        {u"answered_by"_s, m_answeredBy.isEmpty() ? QJsonValue() : QJsonValue(m_answeredBy)},
        {u"caller_name"_s, QJsonValue::Null},
        {u"forwarded_from"_s, QJsonValue::Null},
        {u"group_sid"_s, QJsonValue::Null},
        {u"parent_call_sid"_s, QJsonValue::Null},
        {u"phone_number_sid"_s, QJsonValue::Null},
        {u"trunk_sid"_s, QJsonValue::Null},
        {u"price"_s, QJsonValue::Null},
        {u"price_unit"_s, u"USD"_s},
        {u"queue_time"_s, u"0"_s},
        {u"uri"_s, path + u".json"_s},
        {u"subresource_uris"_s, links}};
}

QJsonObject PhoneCall::report() const
{
    QJsonArray lines;
    for (const auto &line : m_lines)
        lines.append(lineReport(*line));
    return {{u"sid"_s, m_sid},
            {u"direction"_s, m_direction == Direction::Outbound ? u"outbound"_s : u"inbound"_s},
            {u"from"_s, m_order.value(u"From"_s)},
            {u"to"_s, m_order.value(u"To"_s)},
            {u"status"_s, m_status},
            {u"dialogue"_s, m_dialogue},
            {u"duration_s"_s, seconds()},
            {u"said_by_twiml"_s, QJsonArray::fromStringList(m_said)},
            {u"recording_sid"_s, m_recordingSid},
            {u"streams"_s, lines}};
}

QByteArray PhoneCall::recording() const
{
    QByteArray interleaved;
    for (const auto &line : m_lines) {
        const QByteArray &heard = line->heardAudio();
        const QByteArray &sent = line->sentAudio();
        for (qsizetype i = 0; i < sent.size(); ++i) {
            interleaved += heard[i];
            interleaved += sent[i];
        }
    }
    return audio::mulawWavHeader(2, std::uint32_t(interleaved.size())) + interleaved;
}

} // namespace sandbox
