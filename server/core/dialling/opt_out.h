// People who want no more calls.
#pragma once

#include "shared/base/ids.h"
#include "shared/base/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QList>
#include <QRegularExpression>
#include <QString>

#include <optional>

namespace server::core {

/// Who pressed these two keys one after the other wants no more calls.
inline constexpr char kOptOutKey = '9';
inline constexpr int kOptOutPresses = 2;
inline constexpr qint64 kOptOutKeyGapMs = 5'000; ///< at most, from one press to the next

/// The function that the agent calls when it is asked not to call again.
inline constexpr auto kStopCallingTool = "stop_calling";

enum class OptOutWay {
    Voice, ///< their words, recognised by us
    Key,   ///< pressed during a call
    Agent, ///< the agent understood them so
    Staff  ///< told to a member of staff
};

/// "voice", "key", "agent" or "staff".
QString toText(OptOutWay way);
std::optional<OptOutWay> optOutWayFromText(const QString &text);

/// The function as a session of the model declares it (OpenAI Realtime, "session.tools").
QJsonObject stopCallingTool();

/// A number that is never dialled again, by any account.
struct OptOut
{
    qint64 id = 0;
    QString phoneNumber; ///< E.164
    QDateTime at;
    OptOutWay way = OptOutWay::Staff;
    base::CallId call; ///< during which; none: at another time, or the call is forgotten
    QString note;      ///< of the member of staff
};

/// The keys that are pressed on one call.
class OptOutKeys final
{
public:
    /// `atMs` since the stream began. True with the press that makes it an opt-out.
    bool press(QChar key, qint64 atMs);

private:
    int m_presses = 0;
    qint64 m_lastMs = 0;
};

/// Recognises the wish in what somebody says. Never changed once made; any thread.
class OptOutPhrases final
{
public:
    /// `{"meant": [...], "not_meant": [...]}`, regular expressions. Fault::Invalid names a bad one.
    static base::Result<OptOutPhrases> load(const QByteArray &json);

    bool isMeantBy(const QString &words) const;

private:
    bool isMeant(const QString &sentence) const;

    QList<QRegularExpression> m_meant;
    QList<QRegularExpression> m_notMeant;
};

} // namespace server::core
