// The program itself: its options, its settings, its exit status.
#include "tests/journeys/stage.h"

#include <QObject>
#include <QTest>

using tests::Environment;
using tests::ServerProcess;

namespace {

Environment development(const QTemporaryDir &folder)
{
    return {{QStringLiteral("DEVELOPMENT_MODE"), QStringLiteral("true")},
            {QStringLiteral("DATA_DIR"), folder.path()},
            {QStringLiteral("PORT"), QStringLiteral("0")}};
}

} // namespace

class ServerProgram : public QObject
{
    Q_OBJECT
private slots:
    void saysWhatItIs_data();
    void saysWhatItIs();
    void wrongSettingsAreNamed_data();
    void wrongSettingsAreNamed();
    void goodSettingsAreGood();
    void exampleFileListsEverySetting();
    void migratesOnce();
    void takesAnAdminPasswordFromStandardInput();
    void portInUseIsSaid();
    void stopsOnRequest();
};

void ServerProgram::saysWhatItIs_data()
{
    QTest::addColumn<QString>("option");
    QTest::addColumn<QByteArray>("word");
    QTest::newRow("help") << QStringLiteral("--help") << QByteArray("--create-admin");
    QTest::newRow("version") << QStringLiteral("--version")
                             << QByteArray("speech-assistant-server 0.");
    QTest::newRow("routes") << QStringLiteral("--print-routes")
                            << QByteArray("/make-call/{phone_number}/{scenario}");
}

void ServerProgram::saysWhatItIs()
{
    QFETCH(QString, option);
    QFETCH(QByteArray, word);
    const QTemporaryDir folder;
    ServerProcess server;
    QCOMPARE(server.run({option}, development(folder)), 0);
    QVERIFY2(server.output().contains(word), server.output());
}

void ServerProgram::wrongSettingsAreNamed_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QByteArray>("line");
    const auto row = [](const char *what, const char *name, const char *value, const char *line) {
        QTest::newRow(what) << QString::fromLatin1(name) << QString::fromLatin1(value)
                            << QByteArray(line);
    };
    row("port is a word", "PORT", "many", "PORT must be a whole number from 0 to 65535");
    row("port too large", "PORT", "70000", "PORT must be a whole number from 0 to 65535");
    row("host is a name", "HOST", "example.com", "HOST must be a numeric address");
    row("mode is a guess", "DEVELOPMENT_MODE", "perhaps", "DEVELOPMENT_MODE must be true or false");
    row("other algorithm", "ALGORITHM", "none", "ALGORITHM must be one of: HS256");
    row("public address over ftp", "PUBLIC_URL", "ftp://example.com",
        "PUBLIC_URL must be an https:// address");
    row("model over http", "OPENAI_REALTIME_URL", "http://example.com",
        "OPENAI_REALTIME_URL must be a ws:// or wss:// address");
    row("no phone number", "TWILIO_PHONE_NUMBER", "call me",
        "TWILIO_PHONE_NUMBER must be a phone number");
    row("negative lifetime", "ACCESS_TOKEN_EXPIRE_MINUTES", "-1",
        "ACCESS_TOKEN_EXPIRE_MINUTES must be");
    row("unknown database", "DATABASE_URL", "oracle://x", "DATABASE_URL");
    row("open media in production", "MEDIA_STREAM_AUTH", "off",
        "MEDIA_STREAM_AUTH may be off in development mode only");
    row("no data key", "DATA_ENCRYPTION_KEY", "0123456789abcdef",
        "DATA_ENCRYPTION_KEY is wrong: key 1 is not 32 bytes in URL-safe base64");
    row("nothing at all", "DEVELOPMENT_MODE", "false", "SECRET_KEY is missing");
}

void ServerProgram::wrongSettingsAreNamed()
{
    QFETCH(QString, name);
    QFETCH(QString, value);
    QFETCH(QByteArray, line);
    const QTemporaryDir folder;
    Environment environment = development(folder);
    if (name == QLatin1String("MEDIA_STREAM_AUTH"))
        environment.remove(QStringLiteral("DEVELOPMENT_MODE"));
    environment.insert(name, value);
    ServerProcess server;
    QCOMPARE(server.run({}, environment), 2);
    QVERIFY2(server.errors().contains(line), server.errors());
    QVERIFY(!server.errors().contains("0123456789abcdef"));
}

void ServerProgram::goodSettingsAreGood()
{
    const QTemporaryDir folder;
    ServerProcess server;
    QCOMPARE(server.run({QStringLiteral("--check-config")}, development(folder)), 0);
    const Environment production{
        {QStringLiteral("SECRET_KEY"), QStringLiteral("0123456789abcdef0123456789abcdef")},
        {QStringLiteral("PUBLIC_URL"), QStringLiteral("api.example.com")},
        {QStringLiteral("TWILIO_ACCOUNT_SID"), QStringLiteral("AC1")},
        {QStringLiteral("TWILIO_AUTH_TOKEN"), QStringLiteral("token")},
        {QStringLiteral("TWILIO_PHONE_NUMBER"), QStringLiteral("+14155550100")},
        {QStringLiteral("OPENAI_API_KEY"), QStringLiteral("key")},
        {QStringLiteral("DATA_DIR"), folder.path()}};
    QCOMPARE(server.run({QStringLiteral("--check-config")}, production), 0);
}

void ServerProgram::exampleFileListsEverySetting()
{
    ServerProcess server;
    QCOMPARE(server.run({QStringLiteral("--print-env")}, {}), 0);
    QFile example(qEnvironmentVariable("HOUSE_SOURCE") + QStringLiteral("/.env.example"));
    QVERIFY(example.open(QIODevice::ReadOnly));
    QCOMPARE(QString::fromUtf8(example.readAll()), QString::fromUtf8(server.output()));
}

void ServerProgram::migratesOnce()
{
    const QTemporaryDir folder;
    ServerProcess server;
    QCOMPARE(server.run({QStringLiteral("--migrate")}, development(folder)), 0);
    QVERIFY(!server.output().startsWith("0 "));
    QCOMPARE(server.run({QStringLiteral("--migrate")}, development(folder)), 0);
    QCOMPARE(server.output().trimmed(), QByteArray("0 migrations applied."));
}

void ServerProgram::takesAnAdminPasswordFromStandardInput()
{
    const QTemporaryDir folder;
    ServerProcess server;
    const QStringList options{QStringLiteral("--create-admin"), QStringLiteral("boss@example.com")};
    QCOMPARE(server.run(options, development(folder), "short\n"), 2);
    QCOMPARE(server.run(options, development(folder), "long enough to pass\n"), 0);
    QVERIFY(server.start(development(folder)));
    tests::RestClient client(server.url());
    QVERIFY(
        client.signIn(QStringLiteral("boss@example.com"), QStringLiteral("long enough to pass")));
    QCOMPARE(
        client.get(QStringLiteral("/users/me")).object().value(QLatin1String("role")).toString(),
        QStringLiteral("admin"));
}

void ServerProgram::portInUseIsSaid()
{
    const QTemporaryDir folder;
    QTcpServer squatter;
    QVERIFY(squatter.listen(QHostAddress::LocalHost));
    Environment environment = development(folder);
    environment.insert(QStringLiteral("PORT"), QString::number(squatter.serverPort()));
    ServerProcess server;
    QCOMPARE(server.run({}, environment), 1);
    QVERIFY2(server.errors().contains("cannot listen on 127.0.0.1:"), server.errors());
}

void ServerProgram::stopsOnRequest()
{
    const QTemporaryDir folder;
    ServerProcess server;
    QVERIFY2(server.start(development(folder)), server.errors());
    QCOMPARE(tests::RestClient(server.url()).get(QStringLiteral("/readyz")).status, 200);
    QCOMPARE(server.terminate(), 0);
    QVERIFY(!server.logged(QStringLiteral("server.stopped")).isEmpty());
}

QTEST_GUILESS_MAIN(ServerProgram)
#include "tst_server_program.moc"
