// application/x-www-form-urlencoded: what the phone network's REST API and webhooks carry.
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <utility>

namespace sandbox {

class Form
{
public:
    Form() = default;
    Form(std::initializer_list<std::pair<QString, QString>> fields) : m_fields(fields) {}

    /// Decodes `+` and percent escapes; keeps order and repeated keys.
    static Form decode(const QByteArray &body);
    QByteArray encode() const;

    void add(const QString &key, const QString &value) { m_fields.append({key, value}); }
    bool has(const QString &key) const;
    /// The first value of `key`, or an empty string.
    QString value(const QString &key) const;
    QStringList values(const QString &key) const;
    const QList<std::pair<QString, QString>> &fields() const { return m_fields; }

private:
    QList<std::pair<QString, QString>> m_fields;
};

} // namespace sandbox
