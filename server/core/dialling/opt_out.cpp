#include "server/core/dialling/opt_out.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <array>

namespace server::core {

using base::Fault;
using base::Result;

namespace {

constexpr std::array<const char *, 4> kWays{"voice", "key", "agent", "staff"};
constexpr qsizetype kMostWords = 2'000; // characters of one line that are looked at

/// Lower case without accents and apostrophes; other punctuation stays.
QString plain(const QString &words)
{
    QString text;
    const QString parts = words.left(kMostWords).toLower().normalized(QString::NormalizationForm_D);
    for (const QChar character : parts) {
        if (!character.isMark() && character != u'\'' && character != u'\u2019')
            text.append(character);
    }
    return text;
}

/// Words with one space between them.
QString wordsOf(const QString &text)
{
    static const QRegularExpression between(QStringLiteral("[\\W_]+"),
                                            QRegularExpression::UseUnicodePropertiesOption);
    return QString(text).replace(between, QStringLiteral(" ")).trimmed();
}

Result<QList<QRegularExpression>> expressions(const QJsonArray &array)
{
    QList<QRegularExpression> list;
    for (const auto &value : array) {
        QRegularExpression expression(value.toString());
        if (!expression.isValid() || expression.pattern().isEmpty())
            return base::fail(Fault::Invalid,
                              QStringLiteral("opt-out phrases: '%1' is no regular expression")
                                  .arg(value.toString()));
        expression.optimize();
        list.append(expression);
    }
    return list;
}

bool isFound(const QList<QRegularExpression> &expressions, const QString &text)
{
    return std::any_of(expressions.begin(), expressions.end(),
                       [&](const auto &one) { return one.match(text).hasMatch(); });
}

} // namespace

QString toText(OptOutWay way)
{
    return QLatin1String(kWays[size_t(way)]);
}

std::optional<OptOutWay> optOutWayFromText(const QString &text)
{
    for (size_t i = 0; i < kWays.size(); ++i) {
        if (text == QLatin1String(kWays[i]))
            return OptOutWay(i);
    }
    return std::nullopt;
}

QJsonObject stopCallingTool()
{
    return {{QStringLiteral("type"), QStringLiteral("function")},
            {QStringLiteral("name"), QLatin1String(kStopCallingTool)},
            {QStringLiteral("description"),
             QStringLiteral("Takes the number of the person you are speaking with off the list: it "
                            "is never dialled again. Call it as soon as they ask, in whatever "
                            "words, not to be called again, and only then.")},
            {QStringLiteral("parameters"),
             QJsonObject{{QStringLiteral("type"), QStringLiteral("object")},
                         {QStringLiteral("properties"), QJsonObject()},
                         {QStringLiteral("additionalProperties"), false}}}};
}

bool OptOutKeys::press(QChar key, qint64 atMs)
{
    const bool isInTime = atMs - m_lastMs <= kOptOutKeyGapMs;
    m_lastMs = atMs;
    if (key != QLatin1Char(kOptOutKey)) {
        m_presses = 0;
        return false;
    }
    m_presses = isInTime ? m_presses + 1 : 1;
    return m_presses == kOptOutPresses;
}

Result<OptOutPhrases> OptOutPhrases::load(const QByteArray &json)
{
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    auto meant = expressions(object.value(QLatin1String("meant")).toArray());
    if (!meant)
        return failed(meant);
    auto notMeant = expressions(object.value(QLatin1String("not_meant")).toArray());
    if (!notMeant)
        return failed(notMeant);
    if (meant->isEmpty())
        return base::fail(Fault::Invalid, QStringLiteral("opt-out phrases: there are none"));
    OptOutPhrases phrases;
    phrases.m_meant = std::move(*meant);
    phrases.m_notMeant = std::move(*notMeant);
    return phrases;
}

bool OptOutPhrases::isMeantBy(const QString &words) const
{
    static const QRegularExpression sentenceEnd(QStringLiteral("[.!?\\n]+"));
    const QStringList sentences = plain(words).split(sentenceEnd, Qt::SkipEmptyParts);
    return std::any_of(sentences.begin(), sentences.end(),
                       [this](const QString &sentence) { return isMeant(sentence); });
}

bool OptOutPhrases::isMeant(const QString &sentence) const
{
    // What ends a thought within a sentence; "stop calling me, I am busy" is clear enough.
    static const QRegularExpression clauseEnd(QStringLiteral("[,;:\u2013\u2014]+"));
    const QString whole = wordsOf(sentence);
    if (isFound(m_notMeant, whole))
        return false;
    if (isFound(m_meant, whole))
        return true;
    const QStringList clauses = sentence.split(clauseEnd, Qt::SkipEmptyParts);
    return std::any_of(clauses.begin(), clauses.end(),
                       [this](const QString &one) { return isFound(m_meant, wordsOf(one)); });
}

} // namespace server::core
