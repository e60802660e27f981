#include "tests/sandbox/signature.h"

#include <QMessageAuthenticationCode>

#include <map>
#include <set>

namespace sandbox {

QByteArray signature(const QByteArray &authToken, const QByteArray &url, const Form &form)
{
    std::map<QByteArray, std::set<QByteArray>> sorted;
    for (const auto &[key, value] : form.fields())
        sorted[key.toUtf8()].insert(value.toUtf8());
    QByteArray data = url;
    for (const auto &[key, values] : sorted) {
        data += key;
        for (const QByteArray &value : values)
            data += value;
    }
    return QMessageAuthenticationCode::hash(data, authToken, QCryptographicHash::Sha1).toBase64();
}

} // namespace sandbox
