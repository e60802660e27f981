// Plays a call for the conversation, from one line of text a row: both vendors and a phone with a
// true play-out clock.
#pragma once

#include "server/bridge/conversation.h"

#include <QStringList>

#include <deque>

namespace bridge_test {

/// Steps are "TIME VERB ARGUMENTS", separated by ";". TIME is in ms and never goes back. Verbs:
///   start, ready, tick                      the phone's stream began; the model is set up; time
///   passes audio RESPONSE ITEM MS [INDEX]          the model made so much audio; "161b" for bytes
///   instead of ms done RESPONSE ITEM [INDEX]              that part's audio is complete created R,
///   responded R, failed R        a response begins, ends, fails speech ITEM, quiet ITEM the caller
///   begins and ceases to speak say ITEM TEXT, heard ITEM TEXT          what the agent, the caller
///   said media [TIMESTAMP]                       20 ms from the caller mark N the phone returns
///   our N-th mark (also: a number we never sent) tool NAME ID, result ID                 a
///   function call and its answer lost, hangup, apologise, dtmf 5
/// Marks come back by themselves, when their audio has been played, unless the row began with
/// "manual". What the conversation did stands in log(), media and marks summed up in bytes.
class Script final : private server::bridge::ConversationOutput
{
public:
    explicit Script(server::bridge::ConversationSettings settings = {});

    void run(const QString &steps);

    /// All but media, marks and caller audio: "clear", "truncate item 0 480", "delete item",
    /// "cancel r1", ...
    QString log() const { return m_log.join(QStringLiteral("; ")); }
    qint64 mediaBytes() const { return m_mediaBytes; }
    /// True when each media message held whole 20 ms frames, and no 100 ms lacked a mark.
    bool isWellFramed() const { return m_isWellFramed; }
    int marksSent() const { return int(m_lastMark); }
    qint64 callerBytes() const { return m_callerBytes; }
    qint64 gapBytes() const { return m_gapBytes; }
    server::bridge::Conversation &conversation() { return m_conversation; }

private:
    struct Pending
    {
        std::uint64_t number;
        double due;
    };

    void step(const QString &text);
    void model(const QString &verb, const QStringList &words);
    void advance(int ms);
    base::SteadyTime at(double ms) const;

    void sendMedia(std::string_view base64) override;
    void sendMark(std::uint64_t number) override;
    void clearPhone() override;
    void sendCallerAudio(std::string_view base64) override;
    void callerGap(std::int64_t bytes) override { m_gapBytes += bytes; }
    void tellModel(server::bridge::Role role, const QString &text) override;
    void requestResponse() override { m_log << QStringLiteral("respond"); }
    void cancelResponse(const std::string &id) override;
    void truncateItem(const std::string &id, int index, std::int64_t endMs) override;
    void deleteItem(const std::string &id) override;
    void sendToolResult(const std::string &id, const QString &result) override;
    void runTool(const server::bridge::ModelToolCall &call) override;
    void giveUpModel() override { m_log << QStringLiteral("give up"); }
    void endCall(server::bridge::EndReason reason) override;

    server::bridge::Conversation m_conversation;
    QStringList m_log;
    bool m_isManual = false;
    double m_now = 0;
    double m_playsUntil = 0; ///< when what the phone has is played out
    std::deque<Pending> m_pending;
    qint64 m_mediaBytes = 0;
    qint64 m_unmarked = 0;
    bool m_isWellFramed = true;
    std::uint64_t m_lastMark = 0;
    qint64 m_callerBytes = 0;
    qint64 m_gapBytes = 0;
};

} // namespace bridge_test
