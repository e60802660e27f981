// Telephone numbers for sale and sold ("IncomingPhoneNumber", "AvailablePhoneNumberLocal" and
// "Balance" resources, 2010-04-01).
#pragma once

#include "tests/sandbox/http_listener.h"

#include <QDateTime>

#include <functional>
#include <optional>
#include <vector>

namespace sandbox {

/// Every area code of the United States has twenty numbers, +1 AAA 555 0110 to 0129, and whoever
/// buys one has it; area 999 has none. Lives on the sandbox's loop.
class NumberMarket
{
public:
    struct Number
    {
        QByteArray account;
        QString sid;
        QString e164;
        QString friendlyName;
        QString voiceUrl;
        QString voiceMethod;
        QString statusCallback;
        QString statusCallbackMethod;
        QDateTime createdAt;
    };

    /// A request below /2010-04-01/Accounts/{account}; nothing when it is about something else.
    std::optional<HttpAnswer> serve(const HttpRequest &request, const QByteArray &account,
                                    const QList<QByteArray> &path);

    const std::vector<Number> &numbers() const { return m_numbers; }
    std::vector<Number> numbersOf(const QByteArray &account) const;
    /// Null when nobody has it.
    const Number *find(const QString &e164) const;
    /// One that an account has from before.
    const Number &give(const QByteArray &account, const QString &e164);
    /// Its owner has given it back without us.
    void take(const QString &e164);

    /// So many purchases are made whose answers get lost.
    void loseAnswers(int count) { m_lostAnswers = count; }
    /// Called after a purchase, before its answer.
    std::function<void(const Number &)> onBought;

private:
    HttpAnswer available(const HttpRequest &request, const QByteArray &account) const;
    HttpAnswer buy(const Form &order, const QByteArray &account);
    HttpAnswer list(const HttpRequest &request, const QByteArray &account) const;
    HttpAnswer one(const HttpRequest &request, const QByteArray &account, const QString &sid);

    std::vector<Number> m_numbers;
    int m_lostAnswers = 0;
};

} // namespace sandbox
