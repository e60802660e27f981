#include "server/api/twiml.h"

#include <QXmlStreamWriter>

namespace server::api::twiml {

namespace {

template <typename Content>
QByteArray response(Content content)
{
    QByteArray xml;
    QXmlStreamWriter writer(&xml);
    writer.writeStartDocument();
    writer.writeStartElement(QStringLiteral("Response"));
    content(writer);
    writer.writeEndElement();
    writer.writeEndDocument();
    return xml;
}

} // namespace

QByteArray connectStream(const QString &url, const Parameters &parameters, const QString &opening)
{
    return response([&](QXmlStreamWriter &writer) {
        if (!opening.isEmpty())
            writer.writeTextElement(QStringLiteral("Say"), opening);
        writer.writeStartElement(QStringLiteral("Connect"));
        writer.writeStartElement(QStringLiteral("Stream"));
        writer.writeAttribute(QStringLiteral("url"), url);
        for (const auto &[name, value] : parameters) {
            writer.writeStartElement(QStringLiteral("Parameter"));
            writer.writeAttribute(QStringLiteral("name"), name);
            writer.writeAttribute(QStringLiteral("value"), value);
            writer.writeEndElement();
        }
        writer.writeEndElement();
        writer.writeEndElement();
        writer.writeEmptyElement(QStringLiteral("Hangup"));
    });
}

QByteArray sayAndHangUp(const QString &text)
{
    return response([&](QXmlStreamWriter &writer) {
        writer.writeTextElement(QStringLiteral("Say"), text);
        writer.writeEmptyElement(QStringLiteral("Hangup"));
    });
}

QByteArray pause(int seconds)
{
    return response([&](QXmlStreamWriter &writer) {
        writer.writeStartElement(QStringLiteral("Pause"));
        writer.writeAttribute(QStringLiteral("length"), QString::number(seconds));
        writer.writeEndElement();
    });
}

} // namespace server::api::twiml
