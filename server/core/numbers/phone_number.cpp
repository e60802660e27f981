#include "server/core/numbers/phone_number.h"

#include "shared/base/log.h"

#include <phonenumbers/phonenumberutil.h>

#include <optional>
#include <string>

namespace server::core {

namespace {

using i18n::phonenumbers::PhoneNumberUtil;

constexpr qsizetype kLongestText = 40; // 15 digits with generous punctuation
constexpr size_t kFewestDigits = 8;
constexpr size_t kMostDigits = 15; // ITU-T E.164

/// What was typed, reduced to a leading plus and digits.
struct Dialled
{
    bool hasPlus = false;
    std::string digits;
};

bool isSeparator(QChar character)
{
    constexpr QStringView kSeparators = u" \t-./()\u00a0\u2010\u2011\u2013";
    return kSeparators.contains(character);
}

/// Nothing when a character is in it that no phone number has. Digits of other scripts are refused
/// too: no client sends them, and a number that looks different from what is dialled invites
/// mistakes.
std::optional<Dialled> reduce(QStringView text)
{
    Dialled dialled;
    for (const QChar character : text) {
        if (character >= u'0' && character <= u'9')
            dialled.digits.push_back(character.toLatin1());
        else if (character == u'+' && !dialled.hasPlus && dialled.digits.empty())
            dialled.hasPlus = true;
        else if (!isSeparator(character))
            return std::nullopt;
    }
    return dialled;
}

/// The product's rule for numbers without a country code: they are North American.
std::optional<std::string> international(const Dialled &dialled)
{
    const std::string &digits = dialled.digits;
    if (dialled.hasPlus) {
        if (digits.size() < kFewestDigits || digits.size() > kMostDigits)
            return std::nullopt;
        return "+" + digits;
    }
    if (digits.size() == 10)
        return "+1" + digits;
    if (digits.size() == 11 && digits.front() == '1')
        return "+" + digits;
    return std::nullopt;
}

/// The library's word on it. "Possible", not "valid": ranges that carriers have not (yet) assigned,
/// such as the fictional 555 numbers, have the right shape and are left to the network to refuse.
std::optional<std::string> confirmed(const std::string &number)
{
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    i18n::phonenumbers::PhoneNumber parsed;
    if (util.Parse(number, "ZZ", &parsed) != PhoneNumberUtil::NO_PARSING_ERROR)
        return std::nullopt;
    // A local-only number (one without its area code) cannot be dialled from outside.
    if (util.IsPossibleNumberWithReason(parsed) != PhoneNumberUtil::IS_POSSIBLE)
        return std::nullopt;
    std::string formatted;
    util.Format(parsed, PhoneNumberUtil::E164, &formatted);
    return formatted;
}

} // namespace

base::Result<PhoneNumber> PhoneNumber::parse(QStringView text)
{
    const auto refuse = [] {
        return base::fail(base::Fault::Unprocessable, QStringLiteral("Invalid phone number"));
    };
    if (text.size() > kLongestText)
        return refuse();
    const auto dialled = reduce(text);
    if (!dialled)
        return refuse();
    const auto number = international(*dialled);
    if (!number)
        return refuse();
    const auto e164 = confirmed(*number);
    if (!e164)
        return refuse();
    return PhoneNumber(QString::fromStdString(*e164));
}

QString PhoneNumber::national() const
{
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    i18n::phonenumbers::PhoneNumber parsed;
    std::string formatted;
    if (util.Parse(m_e164.toStdString(), "ZZ", &parsed) == PhoneNumberUtil::NO_PARSING_ERROR)
        util.Format(parsed, PhoneNumberUtil::NATIONAL, &formatted);
    return QString::fromStdString(formatted);
}

QString PhoneNumber::countryOf(const QString &e164)
{
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    i18n::phonenumbers::PhoneNumber parsed;
    if (util.Parse(e164.toStdString(), "ZZ", &parsed) != PhoneNumberUtil::NO_PARSING_ERROR)
        return {};
    std::string region;
    util.GetRegionCodeForNumber(parsed, &region);
    constexpr size_t kLetters = 2; // "001" stands for numbers of no country
    const bool isKnown = region.size() == kLetters && region != "ZZ";
    return isKnown ? QString::fromStdString(region) : QString();
}

QString PhoneNumber::masked() const
{
    return base::log::maskedPhone(m_e164);
}

} // namespace server::core
