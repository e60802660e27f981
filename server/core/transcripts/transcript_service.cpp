#include "server/core/transcripts/transcript_service.h"

namespace server::core {

using base::Fault;
using base::Result;
using base::UserId;

namespace {

constexpr int kRecordingsAtOnce = 20; // of an import: a client waits for it

tl::unexpected<base::Error> notFound()
{
    return base::fail(Fault::NotFound, QStringLiteral("Transcript not found"));
}

} // namespace

Result<std::vector<Transcript>> TranscriptService::ofOwner(UserId owner,
                                                           const TranscriptQuery &query) const
{
    return m_ports.transcripts.ofOwner(owner, query);
}

Result<Transcript> TranscriptService::find(UserId owner, const QString &sid) const
{
    auto found = m_ports.transcripts.find(owner, sid);
    if (!found)
        return failed(found);
    if (!*found)
        return notFound();
    return std::move(**found);
}

Result<> TranscriptService::remove(UserId owner, const QString &sid) const
{
    const auto erased = m_ports.words.erase(owner, sid, m_ports.now());
    if (!erased)
        return failed(erased);
    if (!*erased)
        return notFound();
    return m_ports.words.scrub();
}

Result<> TranscriptService::fetchFor(std::optional<UserId> owner, const QString &vendorSid) const
{
    const auto found = m_ports.vendor.find(vendorSid);
    if (!found)
        return found.error().fault == Fault::NotFound ? notFound() : failed(found);
    const auto call = m_ports.transcripts.callOf(found->customerKey, found->recordingSid);
    if (!call)
        return failed(call);
    if (!*call || (owner && (*call)->owner != *owner))
        return notFound();
    if (found->state == VendorTranscript::State::Failed)
        return base::fail(Fault::NotFound, QStringLiteral("The transcription has failed"));
    if (found->state == VendorTranscript::State::Pending)
        return base::fail(Fault::Conflict, QStringLiteral("The transcript is not complete yet"));
    const auto said = m_ports.vendor.sentences(vendorSid);
    if (!said)
        return failed(said);
    const QList<Sentence> sentences = sentencesOf(*found, *said, (*call)->direction);
    if (sentences.isEmpty())
        return base::fail(Fault::NotFound, QStringLiteral("No conversation text to process"));
    const auto stored = m_ports.transcripts.store((*call)->id, vendorSid, found->languageCode,
                                                  sentences, m_ports.now());
    if (!stored)
        return failed(stored);
    if (!*stored)
        return notFound();
    return {};
}

Result<TranscriptService::Obtained> TranscriptService::obtain(UserId owner,
                                                              const QString &sid) const
{
    auto known = m_ports.transcripts.find(owner, sid);
    if (!known)
        return failed(known);
    if (*known)
        return Obtained{std::move(**known), true};
    if (!isVendorSid(sid))
        return notFound();
    if (const auto fetched = fetchFor(owner, sid); !fetched)
        return failed(fetched);
    auto stored = find(owner, sid);
    if (!stored)
        return failed(stored);
    return Obtained{std::move(*stored), false};
}

Result<TranscriptService::Import> TranscriptService::import(UserId owner) const
{
    const auto calls = m_ports.transcripts.untranscribed(owner, kRecordingsAtOnce);
    if (!calls)
        return failed(calls);
    Import import;
    for (const TranscriptCall &call : *calls) {
        const auto sids = m_ports.vendor.ofRecording(call.recordingSid);
        if (!sids && sids.error().fault == Fault::Unavailable)
            return failed(sids);
        if (!sids) {
            import.failed.append({call.recordingSid, sids.error().message});
            continue;
        }
        if (sids->isEmpty())
            continue;
        const QString &newest = sids->first();
        if (const auto fetched = fetchFor(owner, newest))
            import.stored.append(newest);
        else
            import.failed.append({newest, fetched.error().message});
    }
    const auto all = m_ports.transcripts.vendorSids(owner);
    if (!all)
        return failed(all);
    for (const QString &sid : *all) {
        if (!import.stored.contains(sid))
            import.alreadyThere.append(sid);
    }
    return import;
}

Result<> TranscriptService::fetch(const QString &vendorSid) const
{
    return fetchFor(std::nullopt, vendorSid);
}

Result<TranscriptCall> TranscriptService::callOfRecording(const QString &recordingSid) const
{
    const auto call = m_ports.transcripts.callOf({}, recordingSid);
    if (!call)
        return failed(call);
    if (!*call)
        return base::fail(Fault::NotFound, QStringLiteral("Call not found"));
    return **call;
}

} // namespace server::core
