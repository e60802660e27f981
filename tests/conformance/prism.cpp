#include "tests/conformance/prism.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace tests {

Prism::Prism(QString document, QString upstream)
    : m_document(std::move(document)), m_upstream(std::move(upstream))
{
}

void Prism::start(const QString &folder)
{
    const QString prepared = folder + u'/' + QString(m_document).replace(u'/', u'-');
    const auto outcome = node::run(
        {node::ownFile(u"published.mjs"_s), node::publishedDocument(m_document), prepared});
    if (!outcome.isGood)
        qWarning("%s", outcome.output.constData());
    m_service.start({node::packageFile(u"@stoplight/prism-cli/dist/index.js"_s), u"proxy"_s,
                     u"--host"_s, u"127.0.0.1"_s, u"--port"_s, QString::number(m_port), prepared,
                     m_upstream});
}

bool Prism::isReady()
{
    return m_service.waitFor("Prism is listening");
}

QStringList Prism::violations()
{
    // The documents describe success only, so a status that they do not know is no violation.
    static const QRegularExpression complaint(
        u"Violation: (?!response Unable to match the returned status code)(.*)"
        "|Request terminated with error: (.*)"_s);
    static const QRegularExpression request(u"\\[HTTP SERVER\\] (\\S+ \\S+) .*Request received"_s);
    QStringList found;
    QString last;
    for (const QString &line : log().split(u'\n')) {
        if (const auto match = request.match(line); match.hasMatch())
            last = match.captured(1);
        if (const auto match = complaint.match(line); match.hasMatch())
            found.append(last + u": "_s + match.captured(1) + match.captured(2));
    }
    return found;
}

QStringList Prism::requests()
{
    static const QRegularExpression request(
        u"\\[HTTP SERVER\\] (\\S+) (\\S+) .*Request received"_s);
    QStringList found;
    for (auto each = request.globalMatch(log()); each.hasNext();) {
        const auto match = each.next();
        found.append(match.captured(1).toUpper() + u' ' + match.captured(2));
    }
    return found;
}

qsizetype Prism::count(const QString &pattern)
{
    return requests()
        .filter(QRegularExpression(QRegularExpression::anchoredPattern(pattern)))
        .size();
}

} // namespace tests
