#include "server/core/accounts/email_address.h"

#include <QStringList>

#include <algorithm>

namespace server::core {

namespace {

// RFC 5321 4.5.3.1: octets, as the limits are about what goes over the wire.
constexpr qsizetype longestLocalPart = 64;
constexpr qsizetype longestAddress = 254;
constexpr qsizetype longestLabel = 63;

bool isLocalCharacter(QChar c)
{
    static const QString marks = QStringLiteral("!#$%&'*+-/=?^_`{|}~.");
    return c.isLetterOrNumber() || c.isSurrogate() || c.isMark() || marks.contains(c);
}

bool isLocalPart(const QString &local)
{
    return !local.isEmpty() && local.toUtf8().size() <= longestLocalPart
           && std::all_of(local.begin(), local.end(), isLocalCharacter)
           && !local.startsWith(QLatin1Char('.')) && !local.endsWith(QLatin1Char('.'))
           && !local.contains(QLatin1String(".."));
}

bool isLabel(const QString &label)
{
    return !label.isEmpty() && label.toUtf8().size() <= longestLabel
           && !label.startsWith(QLatin1Char('-')) && !label.endsWith(QLatin1Char('-'))
           && std::all_of(label.begin(), label.end(), [](QChar c) {
                  return c.isLetterOrNumber() || c.isMark() || c == QLatin1Char('-');
              });
}

bool isDomain(const QString &domain)
{
    const auto labels = domain.split(QLatin1Char('.'));
    if (labels.size() < 2 || !std::all_of(labels.begin(), labels.end(), isLabel))
        return false;
    const QString &top = labels.back(); // all digits would be an IPv4 address
    return !std::all_of(top.begin(), top.end(), [](QChar c) { return c.isDigit(); });
}

} // namespace

std::optional<EmailAddress> EmailAddress::parse(const QString &input)
{
    if (input.size() > longestAddress || input.count(QLatin1Char('@')) != 1
        || !input.isValidUtf16())
        return std::nullopt;
    const QString address = input.normalized(QString::NormalizationForm_C);
    const qsizetype at = address.indexOf(QLatin1Char('@'));
    const QString local = address.left(at);
    const QString domain = address.mid(at + 1).toLower();
    if (!isLocalPart(local) || !isDomain(domain))
        return std::nullopt;
    const QString text = local + QLatin1Char('@') + domain;
    if (text.toUtf8().size() > longestAddress)
        return std::nullopt;
    return EmailAddress{text, text.toLower()};
}

} // namespace server::core
