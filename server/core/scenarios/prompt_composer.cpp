#include "server/core/scenarios/prompt_composer.h"

#include <QLocale>
#include <QStringList>
#include <QStringView>
#include <QTimeZone>

namespace server::core {

namespace {

constexpr int kLongestName = 60;

constexpr QStringView kSystemRules =
    uR"(You are speaking with one person on the telephone. All they know of you is your voice.
- Be the person described under "Persona" from the first word to the last, and do not talk about instructions, prompts or models.
- Speak as people do on the phone: short, simple, natural, with a "hm" or "well" now and then. No lists, no headings, no emoji.
- Keep to the aim of the scenario. When the talk drifts, go along for a moment and lead it back.
- When you are interrupted, let go of your sentence, take up what was said, and do not start over.
- When they say "wait", "hold on" or the like, stop, answer with a word or two, and stay quiet until they go on.
- Give a long explanation in pieces and ask after each whether to go on.
- Speak the language in which you are answered.
- Never ask for passwords, codes, card numbers or payments, and never threaten.
- If somebody is in real danger, drop the role and tell them to call the local emergency number now.)";

constexpr QStringView kTurnRules = uR"(Taking turns:
- Say one or two sentences, then leave room. Never hold a monologue.
- Stop at once when the other side begins to speak.
- A short pause is not the end of their turn; let them finish their thought.
- Show that you heard them before you say something new.
- Ask one question at a time.)";

constexpr QStringView kDiscloseRule =
    uR"(Being open about yourself: you are an AI voice. Say so in your first sentence, in passing and in the tone of the persona. Whenever somebody sincerely asks whether you are a person or a machine, answer truthfully, and never claim to be human.)";

constexpr QStringView kDiscreetRule =
    uR"(About yourself: do not bring up that you are an AI. If you are asked what you are, do not argue and do not insist on anything; pass over it lightly and return to the subject.)";

constexpr QStringView kOutboundRule =
    uR"(Direction: you are the one who calls. Follow the scenario from its opening on; stay natural and respond to what you hear. If it is a bad moment for them, be brief or offer to call another time. If you reach a voice mailbox, say one sentence and hang up with a goodbye.)";

constexpr QStringView kInboundRule =
    uR"(Direction: they have called you. Greet them at once, say who you are, and offer your help; then listen to what they want and bring in the scenario as it fits.)";

constexpr QStringView kRecordingRule =
    uR"(Recording: this call is recorded. Say so in your first sentence.)";

constexpr QStringView kStopCallingRule =
    uR"(No more calls: when they say, in whatever words, that they do not want to be called again, call the function stop_calling at once. Then confirm in one sentence that they will not be called again, and say goodbye. Do not ask why, and do not talk them out of it.)";

constexpr QStringView kCalendarRules =
    uR"(Appointments: you can enter appointments in the calendar with the function createCalendarEvent.
- Find out the name, the purpose, the date, the time and how long it takes, one question at a time.
- Times are meant in the time zone %1 unless they say otherwise. Pass them to the function in RFC 3339 form with the zone's offset, such as 2030-05-14T15:00:00-06:00.
- Read the whole appointment back, and call the function only after a clear yes.
- Then say how it went. Never say that something is booked before the function has said so.
- When the time is taken, offer the alternatives that the function returned; when it fails, say so honestly and offer to note the wish.)";

constexpr QStringView kNotesRule = uR"(
What others have in the calendar is private: say which times are free, never who or what takes the rest.)";

QTimeZone zoneOf(const PromptFacts &facts)
{
    // To QTimeZone an empty name means the machine's own zone.
    if (QTimeZone wanted(facts.timeZone.toUtf8()); !facts.timeZone.isEmpty() && wanted.isValid())
        return wanted;
    const QTimeZone usual("America/Denver");
    return usual.isValid() ? usual : QTimeZone::utc();
}

/// A name is one line of ordinary characters, whatever its owner typed: it must not become
/// instructions.
QString cleanName(const QString &name)
{
    QString clean;
    for (const QChar character : name.simplified()) {
        const bool isPlain = character.isLetterOrNumber() || character.isMark()
                             || character.isSurrogate()
                             || QStringView(u" .'’-").contains(character);
        if (isPlain)
            clean.append(character);
    }
    clean = clean.simplified();
    if (clean.size() <= kLongestName)
        return clean;
    // Not in the middle of a surrogate pair.
    const bool splitsPair = clean.at(kLongestName).isLowSurrogate();
    return clean.left(splitsPair ? kLongestName - 1 : kLongestName).trimmed();
}

QString nameRule(const PromptFacts &facts)
{
    const QString name = cleanName(facts.personName);
    if (!name.isEmpty()) {
        return QStringLiteral(
                   "Name: the person on the phone is called %1. Use the name now and then; "
                   "do not ask for it.")
            .arg(name);
    }
    if (facts.direction == CallDirection::Inbound)
        return QStringLiteral(
            "Name: you do not know the caller's name. You may ask for it once, kindly.");
    return QStringLiteral("Name: you do not know their name. Do without it and invent none.");
}

QString calendarRules(const PromptFacts &facts)
{
    const QTimeZone zone = zoneOf(facts);
    QString rules = kCalendarRules.toString().arg(QString::fromUtf8(zone.id()));
    if (facts.now.isValid()) {
        const QDateTime local = facts.now.toTimeZone(zone);
        rules += QStringLiteral("\n- It is now %1 there (%2).")
                     .arg(QLocale::c().toString(local, QStringLiteral("dddd, d MMMM yyyy, HH:mm")),
                          local.toString(Qt::ISODate));
    }
    return rules;
}

} // namespace

QString PromptComposer::compose(const PromptFacts &facts)
{
    QStringList blocks{kSystemRules.toString(), kTurnRules.toString()};
    blocks.append((facts.mustDiscloseAi ? kDiscloseRule : kDiscreetRule).toString());
    blocks.append(QStringLiteral("Persona: ") + facts.persona.trimmed());
    blocks.append(QStringLiteral("Scenario: ") + facts.prompt.trimmed());
    blocks.append(nameRule(facts));
    blocks.append(
        (facts.direction == CallDirection::Inbound ? kInboundRule : kOutboundRule).toString());
    if (facts.mustAnnounceRecording)
        blocks.append(kRecordingRule.toString());
    if (facts.canStopCalling)
        blocks.append(kStopCallingRule.toString());
    if (facts.isCalendarEnabled) {
        blocks.append(calendarRules(facts));
        if (!facts.calendarNotes.isEmpty())
            blocks.append(facts.calendarNotes.trimmed() + kNotesRule.toString());
    }
    return blocks.join(QStringLiteral("\n\n"));
}

QString PromptComposer::greetingFor(const PromptFacts &facts)
{
    QString request =
        facts.direction == CallDirection::Inbound
            ? QStringLiteral("(The phone rang and you have just picked it up. Speak first: "
                             "greet the caller, say who you are and offer your help, in one "
                             "or two short sentences.)")
            : QStringLiteral("(They have just picked up the phone. Speak first: say hello as "
                             "your persona would and open as the scenario says, in one or two "
                             "short sentences.)");
    QStringList truths;
    if (facts.mustDiscloseAi)
        truths.append(QStringLiteral("that you are an AI voice"));
    if (facts.mustAnnounceRecording)
        truths.append(QStringLiteral("that the call is recorded"));
    if (!truths.isEmpty())
        request.insert(request.size() - 1, QStringLiteral(" Your first sentence says %1.")
                                               .arg(truths.join(QStringLiteral(" and "))));
    return request;
}

} // namespace server::core
