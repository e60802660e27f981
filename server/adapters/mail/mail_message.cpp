#include "server/adapters/mail/mail_message.h"

#include "server/core/accounts/email_address.h"

#include <QLocale>

#include <algorithm>

namespace server::mail {

namespace {

constexpr qsizetype kLongestLine = 998; // RFC 5322 2.1.1
constexpr qsizetype kBase64Line = 76;   // RFC 2045 6.8

bool isAscii(const QString &text)
{
    return std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 0x80; });
}

QString oneLine(QString text)
{
    return text.removeIf([](QChar c) { return c.category() == QChar::Other_Control; });
}

/// Plain where ASCII will do, else encoded words of at most 75 characters (RFC 2047 2).
QByteArray headerText(const QString &given)
{
    const QString text = oneLine(given);
    if (isAscii(text) && !text.contains(QLatin1String("=?")))
        return text.toLatin1();
    QByteArray words;
    QByteArray piece;
    const auto flush = [&] {
        if (!piece.isEmpty())
            words += (words.isEmpty() ? "" : "\r\n ") + QByteArray("=?utf-8?B?") + piece.toBase64()
                     + "?=";
        piece.clear();
    };
    for (const char32_t character : text.toUcs4()) {
        const QByteArray utf8 = QString::fromUcs4(&character, 1).toUtf8();
        if (piece.size() + utf8.size() > 45) // 60 characters of base64
            flush();
        piece += utf8;
    }
    flush();
    return words;
}

QByteArray angled(const QString &address)
{
    return '<' + oneLine(address).toUtf8() + '>';
}

/// "quoted", for names of ASCII; an encoded word must not stand in quotes.
QByteArray fromHeader(const Sender &from)
{
    if (from.name.isEmpty())
        return angled(from.address);
    QByteArray name = headerText(from.name);
    if (!name.startsWith("=?")) {
        name.replace('\\', "\\\\").replace('"', "\\\"");
        name = '"' + name + '"';
    }
    return name + ' ' + angled(from.address);
}

QByteArray base64Lines(const QByteArray &text)
{
    const QByteArray encoded = text.toBase64();
    QByteArray lines;
    for (qsizetype at = 0; at < encoded.size(); at += kBase64Line)
        lines += encoded.mid(at, kBase64Line) + "\r\n";
    return lines;
}

} // namespace

std::optional<Sender> Sender::parse(const QString &text)
{
    const QString trimmed = text.trimmed();
    Sender sender{{}, trimmed};
    if (trimmed.endsWith(QLatin1Char('>'))) {
        const qsizetype open = trimmed.lastIndexOf(QLatin1Char('<'));
        if (open < 0)
            return std::nullopt;
        sender.address = trimmed.mid(open + 1, trimmed.size() - open - 2);
        sender.name = trimmed.left(open).trimmed();
        if (sender.name.size() > 1 && sender.name.startsWith(QLatin1Char('"'))
            && sender.name.endsWith(QLatin1Char('"')))
            sender.name = sender.name.mid(1, sender.name.size() - 2);
    }
    if (!core::EmailAddress::parse(sender.address))
        return std::nullopt;
    return sender;
}

QString domainOf(const QString &address)
{
    return address.mid(address.lastIndexOf(QLatin1Char('@')) + 1);
}

QByteArray composed(const core::Mail &mail, const Sender &from, const QDateTime &at,
                    const QByteArray &id)
{
    QByteArray text = mail.text.toUtf8();
    text.replace("\r\n", "\n").replace('\r', '\n');
    if (!text.endsWith('\n'))
        text += '\n';
    const QList<QByteArray> lines = text.split('\n');
    const bool isPlain =
        isAscii(mail.text) && std::all_of(lines.begin(), lines.end(), [](const QByteArray &line) {
            return line.size() <= kLongestLine;
        });
    text.replace("\n", "\r\n");

    const QString date =
        QLocale::c().toString(at.toUTC(), QStringLiteral("ddd, d MMM yyyy HH:mm:ss '+0000'"));
    QByteArray message;
    const auto header = [&message](const char *name, const QByteArray &value) {
        message += QByteArray(name) + ": " + value + "\r\n";
    };
    header("From", fromHeader(from));
    header("To", angled(mail.to));
    header("Subject", headerText(mail.subject));
    header("Date", date.toLatin1());
    header("Message-ID", '<' + id + '@' + domainOf(from.address).toUtf8() + '>');
    header("Auto-Submitted", "auto-generated"); // RFC 3834: no out-of-office answers, please
    header("MIME-Version", "1.0");
    header("Content-Type", "text/plain; charset=utf-8");
    header("Content-Transfer-Encoding", isPlain ? "7bit" : "base64");
    message += "\r\n";
    message += isPlain ? text : base64Lines(text);
    return message;
}

} // namespace server::mail
