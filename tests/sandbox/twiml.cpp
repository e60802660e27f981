#include "tests/sandbox/twiml.h"

#include <QXmlStreamReader>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

constexpr int kMsPerSpokenCharacter = 60;

/// Reads one document; the reader's own error is the answer to malformed XML.
class TwimlReader
{
public:
    explicit TwimlReader(const QByteArray &document) : m_xml(document) {}

    base::Result<QList<Verb>> read()
    {
        if (m_xml.readNextStartElement() && m_xml.name() != "Response"_L1)
            problem(u"the root is <%1>, not <Response>"_s.arg(m_xml.name()));
        while (m_problem.isEmpty() && m_xml.readNextStartElement())
            readVerb();
        if (m_xml.hasError())
            problem(m_xml.errorString());
        if (!m_problem.isEmpty())
            return base::fail(base::Fault::Invalid, m_problem);
        return m_verbs;
    }

private:
    void problem(const QString &text)
    {
        if (m_problem.isEmpty())
            m_problem = text;
    }

    void readVerb()
    {
        const QString name = m_xml.name().toString();
        if (name == u"Connect")
            readConnect();
        else if (name == u"Say")
            readSay();
        else if (name == u"Pause")
            readPause();
        else if (name == u"Hangup")
            readEnd(Verb::Kind::Hangup);
        else if (name == u"Reject")
            readEnd(Verb::Kind::Reject);
        else
            problem(u"the verb <%1> is not known here"_s.arg(name));
    }

    void readSay()
    {
        Verb say{.kind = Verb::Kind::Say, .text = {}, .length = {}, .parameters = {}};
        say.text = m_xml.readElementText(QXmlStreamReader::IncludeChildElements).simplified();
        say.length = std::chrono::milliseconds(say.text.size() * kMsPerSpokenCharacter);
        m_verbs.append(say);
    }

    void readPause()
    {
        bool isWhole = true;
        const auto length = m_xml.attributes().value("length"_L1);
        const int seconds = length.isEmpty() ? 1 : length.toInt(&isWhole);
        if (!isWhole || seconds < 0)
            problem(u"<Pause length=\"%1\"> is not a whole number of seconds"_s.arg(length));
        Verb pause{.kind = Verb::Kind::Pause, .text = {}, .length = {}, .parameters = {}};
        pause.length = std::chrono::seconds(seconds);
        m_verbs.append(pause);
        m_xml.skipCurrentElement();
    }

    void readEnd(Verb::Kind kind)
    {
        m_verbs.append({.kind = kind,
                        .text = m_xml.attributes().value("reason"_L1).toString(),
                        .length = {},
                        .parameters = {}});
        m_xml.skipCurrentElement();
    }

    void readConnect()
    {
        if (!m_xml.readNextStartElement() || m_xml.name() != "Stream"_L1) {
            problem(u"<Connect> holds no <Stream>"_s);
            return;
        }
        Verb stream{.kind = Verb::Kind::Stream, .text = {}, .length = {}, .parameters = {}};
        stream.text = m_xml.attributes().value("url"_L1).toString();
        if (stream.text.isEmpty())
            problem(u"<Stream> has no url"_s);
        while (m_xml.readNextStartElement()) {
            if (m_xml.name() != "Parameter"_L1)
                problem(u"<%1> inside <Stream>"_s.arg(m_xml.name()));
            const auto attributes = m_xml.attributes();
            stream.parameters.append(
                {attributes.value("name"_L1).toString(), attributes.value("value"_L1).toString()});
            m_xml.skipCurrentElement();
        }
        m_verbs.append(stream);
        if (m_xml.readNextStartElement())
            problem(u"<Connect> holds more than one element"_s);
    }

    QXmlStreamReader m_xml;
    QList<Verb> m_verbs;
    QString m_problem;
};

} // namespace

base::Result<QList<Verb>> parseTwiml(const QByteArray &document)
{
    return TwimlReader(document).read();
}

} // namespace sandbox
