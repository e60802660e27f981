#include "console/api/api_problem.h"

#include <QTest>

using base::Fault;

class TstApiProblem final : public QObject
{
    Q_OBJECT

private slots:
    void saysWhatWentWrong_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("fault");
        QTest::addColumn<QString>("message");
        QTest::newRow("detail is a sentence")
            << 401 << QByteArray(R"({"detail":"Incorrect username or password"})")
            << int(Fault::Unauthenticated) << QStringLiteral("Incorrect username or password");
        QTest::newRow("detail is an object")
            << 402 << QByteArray(R"({"detail":{"error":"x","message":"Plan ended."}})")
            << int(Fault::PaymentRequired) << QStringLiteral("Plan ended.");
        QTest::newRow("no detail") << 403 << QByteArray("{}") << int(Fault::Forbidden)
                                   << QStringLiteral("Your role does not allow this.");
        QTest::newRow("a page of HTML")
            << 502 << QByteArray("<html>Bad gateway</html>") << int(Fault::Upstream)
            << QStringLiteral("The server answered with an error (502).");
        QTest::newRow("detail of another type")
            << 404 << QByteArray(R"({"detail":[1,2]})") << int(Fault::NotFound)
            << QStringLiteral("The server does not know this any more.");
        QTest::newRow("no answer") << 0 << QByteArray() << int(Fault::Unavailable)
                                   << QStringLiteral("The server cannot be reached.");
    }

    void saysWhatWentWrong()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        const base::Error error =
            console::api::problemOf(status, QNetworkReply::UnknownNetworkError, body);
        QTEST(int(error.fault), "fault");
        QTEST(error.message, "message");
    }

    void keepsLongMessagesShort()
    {
        const QByteArray body = QByteArray(R"({"detail":"?"})").replace('?', QByteArray(5000, 'x'));
        QVERIFY(console::api::problemOf(400, QNetworkReply::NoError, body).message.size() <= 300);
    }
};

QTEST_APPLESS_MAIN(TstApiProblem)
#include "tst_api_problem.moc"
