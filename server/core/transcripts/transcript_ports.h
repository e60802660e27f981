// What transcripts need from the world outside the core.
#pragma once

#include "server/core/transcripts/vendor_transcript.h"
#include "shared/base/result.h"

#include <QStringList>

#include <chrono>

namespace server::core {

/// Which of somebody's transcripts. An empty field asks for nothing.
struct TranscriptQuery
{
    enum class Order { NewestRecord, NewestCall };

    QString words; ///< as typed: found wherever they stand in this order, see searchForm()
    std::optional<CallDirection> direction;
    QString scenario;   ///< its title or its id
    QDateTime from, to; ///< of the call, both inclusive
    QString recordingSid;
    Order order = Order::NewestRecord;
    int limit = 10;
    int offset = 0;
};

/// The call that something of the phone network belongs to.
struct TranscriptCall
{
    base::CallId id;
    base::UserId owner; ///< none for a call to a number that nobody owns
    CallDirection direction = CallDirection::Outbound;
    QString recordingSid;
};

/// Transcripts and the calls they belong to. Thread-safe; every call blocks.
class TranscriptStore
{
public:
    virtual ~TranscriptStore() = default;

    virtual base::Result<std::vector<Transcript>> ofOwner(base::UserId owner,
                                                          const TranscriptQuery &query) = 0;
    /// By our name of it or the phone network's; nothing when it is another's.
    virtual base::Result<std::optional<Transcript>> find(base::UserId owner,
                                                         const QString &sid) = 0;
    /// True when the phone network's transcript of that name is here, whoever owns it.
    virtual base::Result<bool> hasVendor(const QString &vendorSid) = 0;
    /// The phone network's names of those that the owner has.
    virtual base::Result<QStringList> vendorSids(base::UserId owner) = 0;

    /// The call that `customerKey` (its id or its sid) or the recording names. Nothing when neither
    /// names one, when the two name different ones, or when its words were deleted.
    virtual base::Result<std::optional<TranscriptCall>> callOf(const QString &customerKey,
                                                               const QString &recordingSid) = 0;
    /// The owner's newest calls that have a recording at the phone network and no transcript of it.
    virtual base::Result<std::vector<TranscriptCall>> untranscribed(base::UserId owner,
                                                                    int limit) = 0;

    /// Makes the phone network's transcript the call's own, in place of the live session's; doing
    /// it twice changes nothing. Nothing is stored for a call whose words were deleted: then false.
    virtual base::Result<bool> store(base::CallId call, const QString &vendorSid,
                                     const QString &languageCode, const QList<Sentence> &sentences,
                                     const QDateTime &now) = 0;
};

/// Deletes what was said, for good. Thread-safe; every call blocks. With the words go the details
/// of the call, what the agent was told, and the names of its recordings; what lies outside the
/// database (files, the phone network's copies) is noted as to be deleted in the same step.
class WordStore
{
public:
    virtual ~WordStore() = default;

    /// The call of one transcript. False when the owner has none of that name.
    virtual base::Result<bool> erase(base::UserId owner, const QString &transcriptSid,
                                     const QDateTime &now) = 0;
    /// Owners with calls that ended at or before `endedBefore` and still have words; an id of 0
    /// stands for calls that nobody owns.
    virtual base::Result<std::vector<base::UserId>> owners(const QDateTime &endedBefore) = 0;
    /// Up to `limit` of such calls of one owner; how many. Servers that do this at the same time
    /// take different calls.
    virtual base::Result<int> eraseOlder(base::UserId owner, const QDateTime &endedBefore,
                                         const QDateTime &now, int limit) = 0;
    /// Also in calls whose words were deleted earlier, when a recording's name came in since.
    virtual base::Result<int> eraseLatecomers(const QDateTime &now) = 0;
    /// Leaves nothing of what was deleted in the database's own files.
    virtual base::Result<> scrub() = 0;
};

enum class TranscriptJobKind {
    Start,           ///< ask for the transcript of a recording
    Fetch,           ///< get a transcript and store it
    DeleteRecording, ///< at the phone network
    DeleteTranscript ///< at the phone network
};

QString toText(TranscriptJobKind kind);
std::optional<TranscriptJobKind> transcriptJobKindFromText(const QString &text);

/// Something the phone network has to be asked.
struct TranscriptJob
{
    qint64 id = 0;
    TranscriptJobKind kind = TranscriptJobKind::Fetch;
    QString subject;   ///< the phone network's name of what it is about
    base::CallId call; ///< none when it is not known, or gone
    int attempts = 0;  ///< that failed
    QDateTime createdAt;
    QString callSid = {}; ///< of the call; empty where there is none
};

/// Jobs, each once. Thread-safe; every call blocks. Any number of servers may share them.
class TranscriptJobStore
{
public:
    virtual ~TranscriptJobStore() = default;

    /// Adds a job for `dueAt`; one that is there already becomes due then, if that is sooner.
    virtual base::Result<> add(const TranscriptJob &job, const QDateTime &dueAt) = 0;
    /// Takes up to `limit` due jobs for the caller alone; also those that somebody took before
    /// `staleBefore` and never settled.
    virtual base::Result<std::vector<TranscriptJob>>
    claimDue(const QDateTime &now, const QDateTime &staleBefore, int limit) = 0;
    virtual base::Result<> finish(qint64 id) = 0;
    virtual base::Result<> postpone(qint64 id, int attempts, const QDateTime &until) = 0;
};

} // namespace server::core
