#include "tests/sandbox/form.h"

#include <QUrl>

#include <algorithm>

namespace sandbox {

namespace {

QString decoded(QByteArray text)
{
    return QString::fromUtf8(QByteArray::fromPercentEncoding(text.replace('+', ' ')));
}

} // namespace

Form Form::decode(const QByteArray &body)
{
    Form form;
    for (const QByteArray &field : body.split('&')) {
        if (field.isEmpty())
            continue;
        const auto equals = field.indexOf('=');
        if (equals < 0)
            form.add(decoded(field), {});
        else
            form.add(decoded(field.first(equals)), decoded(field.sliced(equals + 1)));
    }
    return form;
}

QByteArray Form::encode() const
{
    QByteArray body;
    for (const auto &[key, value] : m_fields) {
        if (!body.isEmpty())
            body += '&';
        body += QUrl::toPercentEncoding(key) + '=' + QUrl::toPercentEncoding(value);
    }
    return body;
}

bool Form::has(const QString &key) const
{
    return std::ranges::any_of(m_fields, [&](const auto &field) { return field.first == key; });
}

QString Form::value(const QString &key) const
{
    const QStringList all = values(key);
    return all.isEmpty() ? QString() : all.first();
}

QStringList Form::values(const QString &key) const
{
    QStringList all;
    for (const auto &field : m_fields) {
        if (field.first == key)
            all.append(field.second);
    }
    return all;
}

} // namespace sandbox
