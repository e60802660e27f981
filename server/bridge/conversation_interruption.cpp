// Conversation: what happens when the caller speaks.
#include "server/bridge/conversation.h"

#include "shared/audio/mulaw.h"

namespace server::bridge {

void Conversation::on(const ModelSpeechStarted &started, Time now)
{
    m_story.callerSpeaks(started.itemId, now);
    m_callerSpeaks = true;
    m_speechAt = now;
    m_speechWaits = false;
    if (m_endsWith == EndReason::ModelLost)
        return;
    if (m_playback.mayBeAudible(now)) {
        if (m_playback.audibleFor(now) < m_settings.guard)
            m_speechWaits = true;
        else
            interrupt(now);
        return;
    }
    if (m_response.empty())
        return;
    // An answer is being made of which nothing waits to be heard: it shall not begin, or go on, any
    // more.
    m_droppedResponses.add(m_response);
    if (!m_settings.modelInterrupts)
        m_output.cancelResponse(m_response);
    for (Playback::Item &item : m_playback.items())
        item.isFinished = true;
    m_framer.forget();
    collectHeard(now);
}

void Conversation::on(const ModelSpeechStopped &, Time now)
{
    m_callerSpeaks = false;
    m_owesAnswer = true;
    m_story.callerStopped(now);
}

void Conversation::considerWaitingSpeech(Time now)
{
    if (!m_callerSpeaks || now - m_speechAt < m_settings.blip)
        return;
    m_speechWaits = false;
    if (m_playback.hasUnheard(now))
        interrupt(now);
}

void Conversation::interrupt(Time now)
{
    m_speechWaits = false;
    m_wantsResponse = false;
    collectHeard(now);
    m_framer.forget();
    const auto cut = m_playback.clear(now);
    m_output.clearPhone();
    m_story.note(now, QStringLiteral("barge-in"));
    if (!m_response.empty()) {
        m_droppedResponses.add(m_response);
        if (!m_settings.modelInterrupts)
            m_output.cancelResponse(m_response);
    }
    for (const Playback::Heard &one : cut) {
        m_droppedResponses.add(one.item.responseId);
        m_droppedItems.add(one.item.id);
    }
    correctModel(cut, now);
}

void Conversation::correctModel(const std::vector<Playback::Heard> &cut, Time now)
{
    const auto wasHeard = [&](const std::string &id) {
        return std::any_of(cut.begin(), cut.end(), [&](const Playback::Heard &one) {
            return one.item.id == id && one.bytes >= audio::kBytesPerMs;
        });
    };
    RecentIds deleted;
    for (const Playback::Heard &one : cut) {
        const Playback::Item &item = one.item;
        if (one.bytes >= item.produced) {
            m_story.agentHeard(item.id, one.bytes);
            continue;
        }
        m_story.agentCut(item.id, one.bytes, CallStory::Why::BargeIn);
        // A model that was lost since takes the item's fate, as far as it was heard, from the
        // replay.
        if (item.session != m_session || !m_isModelReady || item.id.empty())
            continue;
        const std::int64_t heardMs = one.bytes / audio::kBytesPerMs;
        if (heardMs > 0) {
            m_output.truncateItem(item.id, item.contentIndex, heardMs);
            m_story.note(now, QStringLiteral("truncated"),
                         QStringLiteral("%1 at %2 of %3 ms")
                             .arg(QString::fromStdString(item.id))
                             .arg(heardMs)
                             .arg(item.produced / audio::kBytesPerMs));
        } else if (!wasHeard(item.id) && !deleted.contains(item.id)) {
            deleted.add(item.id);
            m_output.deleteItem(item.id);
            m_story.note(now, QStringLiteral("unheard"), QString::fromStdString(item.id));
        }
    }
}

bool Conversation::isDropped(std::string_view responseId, std::string_view itemId) const
{
    return m_droppedResponses.contains(responseId) || m_droppedItems.contains(itemId);
}

} // namespace server::bridge
