#include "server/adapters/twilio/media_codec.h"

#include "server/bridge/json_slice.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <array>
#include <charconv>

namespace server::twilio {

using namespace bridge;

namespace {

constexpr qsizetype kLongestId = 256;

/// The usual form of a media message; nothing for any other message.
std::optional<PhoneEvent> sliceMedia(std::string_view text, std::string &spare)
{
    std::string_view event;
    std::string_view body;
    JsonMembers message(text);
    while (message.next()) {
        if (message.name() == "event")
            event = message.value();
        else if (message.name() == "media")
            body = message.value();
    }
    if (!message.isWhole() || event != "\"media\"")
        return std::nullopt;

    PhoneMedia media;
    std::optional<std::string_view> payload;
    std::string_view track;
    JsonMembers members(body);
    while (members.next()) {
        if (members.name() == "payload")
            payload = base64String(members.value(), spare);
        else if (members.name() == "timestamp")
            media.timestampMs = wholeNumber(members.value()).value_or(-1);
        else if (members.name() == "track")
            track = members.value();
    }
    if (!members.isWhole() || !payload || (!track.empty() && track != "\"inbound\""))
        return std::nullopt;
    media.payload = *payload;
    media.timestampMs = std::max<std::int64_t>(media.timestampMs, -1);
    return media;
}

std::int64_t number(const QJsonValue &value)
{
    return wholeNumber(value.isString() ? value.toString().toStdString()
                                        : std::to_string(value.toInteger(-1)))
        .value_or(-1);
}

PhoneEvent readMedia(const QJsonObject &message, std::string &spare)
{
    const QJsonObject media = message.value(QLatin1String("media")).toObject();
    const QString track = media.value(QLatin1String("track")).toString(QStringLiteral("inbound"));
    if (track != QLatin1String("inbound"))
        return Unknown{}; // our own audio, which nobody asked to have sent back
    spare = media.value(QLatin1String("payload")).toString().toStdString();
    if (!media.value(QLatin1String("payload")).isString() || !base64Bytes(spare))
        return Garbage{};
    return PhoneMedia{spare,
                      std::max<std::int64_t>(number(media.value(QLatin1String("timestamp"))), -1)};
}

PhoneEvent readMark(const QJsonObject &message)
{
    const QJsonValue name =
        message.value(QLatin1String("mark")).toObject().value(QLatin1String("name"));
    if (!name.isString())
        return Garbage{};
    return PhoneMark{std::uint64_t(std::max<std::int64_t>(number(name), 0))};
}

PhoneEvent readStart(const QJsonObject &message)
{
    const QJsonObject start = message.value(QLatin1String("start")).toObject();
    QString streamSid = start.value(QLatin1String("streamSid")).toString();
    if (streamSid.isEmpty())
        streamSid = message.value(QLatin1String("streamSid")).toString();
    const QString callSid = start.value(QLatin1String("callSid")).toString();
    const QJsonObject format = start.value(QLatin1String("mediaFormat")).toObject();
    const QString token = start.value(QLatin1String("customParameters"))
                              .toObject()
                              .value(QLatin1String("token"))
                              .toString();
    if (streamSid.isEmpty() || streamSid.size() > kLongestId || callSid.size() > kLongestId
        || token.size() > kLongestId)
        return Garbage{};
    PhoneStart result{streamSid.toStdString(), callSid.toStdString(), token.toStdString(), true};
    if (!format.isEmpty())
        result.isMulaw =
            format.value(QLatin1String("encoding")).toString() == QLatin1String("audio/x-mulaw")
            && number(format.value(QLatin1String("sampleRate"))) == 8000
            && number(format.value(QLatin1String("channels"))) == 1;
    return result;
}

PhoneEvent readDtmf(const QJsonObject &message)
{
    const QString digit =
        message.value(QLatin1String("dtmf")).toObject().value(QLatin1String("digit")).toString();
    const char key = digit.size() == 1 ? digit.at(0).toLatin1() : '\0';
    if (key == '\0' || std::string_view("0123456789*#ABCDabcd").find(key) == std::string_view::npos)
        return Garbage{};
    return PhoneDtmf{key};
}

} // namespace

PhoneEvent MediaCodec::read(std::string_view text, std::string &spare) const
{
    if (auto media = sliceMedia(text, spare))
        return *std::move(media);
    const QJsonDocument document =
        QJsonDocument::fromJson(QByteArray::fromRawData(text.data(), qsizetype(text.size())));
    if (!document.isObject())
        return Garbage{};
    const QJsonObject message = document.object();
    const QString event = message.value(QLatin1String("event")).toString();
    if (event == QLatin1String("media"))
        return readMedia(message, spare);
    if (event == QLatin1String("mark"))
        return readMark(message);
    if (event == QLatin1String("start"))
        return readStart(message);
    if (event == QLatin1String("dtmf"))
        return readDtmf(message);
    if (event == QLatin1String("stop"))
        return PhoneStop{};
    if (event == QLatin1String("connected"))
        return PhoneConnected{};
    if (event.isEmpty())
        return Garbage{};
    return Unknown{};
}

void MediaCodec::writeMedia(std::string &out, std::string_view streamSid,
                            std::string_view base64) const
{
    out.append(R"({"event":"media","streamSid":)");
    appendJsonString(out, streamSid);
    out.append(R"(,"media":{"payload":")").append(base64).append(R"("}})");
}

void MediaCodec::writeMark(std::string &out, std::string_view streamSid, std::uint64_t number) const
{
    std::array<char, 24> digits{};
    const char *end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    const std::string_view name(digits.data(), size_t(end - digits.data()));
    out.append(R"({"event":"mark","streamSid":)");
    appendJsonString(out, streamSid);
    out.append(R"(,"mark":{"name":")").append(name).append(R"("}})");
}

void MediaCodec::writeClear(std::string &out, std::string_view streamSid) const
{
    out.append(R"({"event":"clear","streamSid":)");
    appendJsonString(out, streamSid);
    out.push_back('}');
}

} // namespace server::twilio
