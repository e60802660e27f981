// Signs as the App Store does, with a chain of its own.
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <memory>

namespace tests {

/// Makes a root, an intermediate and a signing certificate, with Apple's marks, and signs with
/// them.
class AppStoreSigner
{
public:
    struct Flaws
    {
        bool lacksReceiptMark = false;   ///< of the signing certificate
        bool lacksRelationsMark = false; ///< of the intermediate one
        bool isOnOtherCurve = false;     ///< the signing key
        bool isExpired = false;          ///< the signing certificate, since yesterday
        bool isNoAuthority = false;      ///< the intermediate certificate
    };

    AppStoreSigner() : AppStoreSigner(Flaws{}) {}
    explicit AppStoreSigner(const Flaws &flaws);
    ~AppStoreSigner();
    AppStoreSigner(const AppStoreSigner &) = delete;
    AppStoreSigner &operator=(const AppStoreSigner &) = delete;

    /// The root, for APPLE_ROOT_CA_FILE.
    QByteArray rootPem() const;
    /// A JWS with the chain in its header. A payload without `signedDate` is signed now.
    QString sign(QJsonObject payload, const QString &algorithm = QStringLiteral("ES256")) const;

    /// A signed transaction of that product: `changes` go on top of a good one, bought now.
    QString transaction(const QString &id, const QString &product,
                        const QJsonObject &changes = {}) const;
    /// A notification about a signed transaction (empty: none).
    QString notification(const QString &uuid, const QString &type, const QString &subtype,
                         const QString &signedTransaction, const QJsonObject &changes = {}) const;

    static QString bundleId() { return QStringLiteral("com.example.speech"); }

private:
    struct Chain;
    std::unique_ptr<Chain> m_chain;
};

} // namespace tests
