#include "server/core/calls/idempotency.h"

#include <QMap>
#include <QObject>
#include <QTest>

using namespace server::core;
using base::Fault;

namespace {

class FakeKeys final : public IdempotencyStore
{
public:
    base::Result<std::optional<Entry>> claim(base::UserId, const QString &, const QString &key,
                                             const QByteArray &hash, const QDateTime &) override
    {
        if (entries.contains(key))
            return std::optional(entries.value(key));
        entries.insert(key, {hash, 0, {}});
        return std::optional<Entry>();
    }
    base::Result<void> settle(base::UserId, const QString &, const QString &key, int status,
                              const QByteArray &body) override
    {
        entries[key].status = status;
        entries[key].body = body;
        return {};
    }
    base::Result<void> abandon(base::UserId, const QString &, const QString &key) override
    {
        entries.remove(key);
        return {};
    }
    QMap<QString, Entry> entries;
};

IdempotentRequest request(const QString &key, const QByteArray &content = "a")
{
    return {{1}, QStringLiteral("POST /calls"), key, content};
}

} // namespace

class IdempotencyTest : public QObject
{
    Q_OBJECT
private slots:
    void repeatGetsTheFirstAnswer();
    void keyOfAnotherRequestIsRefused();
    void requestUnderWayIsAConflict();
    void failureOfOursMayBeTriedAgain();
    void keyMustHaveALength_data();
    void keyMustHaveALength();

private:
    base::Result<IdempotentAnswer> run(const IdempotentRequest &request, int status = 201)
    {
        return runOnce(m_keys, request, QDateTime::currentDateTimeUtc(), [&] {
            ++m_runs;
            return IdempotentAnswer{status, "body " + QByteArray::number(m_runs), false};
        });
    }
    FakeKeys m_keys;
    int m_runs = 0;
};

void IdempotencyTest::repeatGetsTheFirstAnswer()
{
    const auto first = run(request(QStringLiteral("repeat")));
    const auto second = run(request(QStringLiteral("repeat")));
    QCOMPARE(second->body, first->body);
    QVERIFY(!first->isReplay && second->isReplay);
    QCOMPARE(second->status, 201);
}

void IdempotencyTest::keyOfAnotherRequestIsRefused()
{
    QVERIFY(run(request(QStringLiteral("other"), "a")).has_value());
    QCOMPARE(run(request(QStringLiteral("other"), "b")).error().fault, Fault::Unprocessable);
}

void IdempotencyTest::requestUnderWayIsAConflict()
{
    m_keys.entries.insert(QStringLiteral("slow"), {});
    const auto first =
        runOnce(m_keys, request(QStringLiteral("nested")), QDateTime::currentDateTimeUtc(), [&] {
            const auto meanwhile = run(request(QStringLiteral("nested")));
            return IdempotentAnswer{meanwhile                                    ? 500
                                    : meanwhile.error().fault == Fault::Conflict ? 201
                                                                                 : 500,
                                    {},
                                    false};
        });
    QCOMPARE(first->status, 201);
}

void IdempotencyTest::failureOfOursMayBeTriedAgain()
{
    const int before = m_runs;
    QCOMPARE(run(request(QStringLiteral("again")), 502)->status, 502);
    QCOMPARE(run(request(QStringLiteral("again")), 201)->status, 201);
    QCOMPARE(m_runs, before + 2);
}

void IdempotencyTest::keyMustHaveALength_data()
{
    QTest::addColumn<int>("length");
    QTest::addColumn<bool>("isGood");
    QTest::newRow("empty") << 0 << false;
    QTest::newRow("one character") << 1 << true;
    QTest::newRow("longest") << 255 << true;
    QTest::newRow("too long") << 256 << false;
}

void IdempotencyTest::keyMustHaveALength()
{
    QFETCH(int, length);
    QTEST(run(request(QString(length, QLatin1Char('k')))).has_value(), "isGood");
}

QTEST_APPLESS_MAIN(IdempotencyTest)
#include "tst_idempotency.moc"
