#include "tests/journeys/stage.h"

#include <QJsonDocument>
#include <QProcess>
#include <QRandomGenerator>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTest>

namespace tests {

namespace {

const QString kStaffEmail = QStringLiteral("staff@example.com");
const QString kStaffPassword = QStringLiteral("correct horse battery");

QString baseUrl()
{
    return qEnvironmentVariable("TEST_DATABASE_URL");
}

/// One statement in the cluster's own database, on a connection of its own.
bool executeInCluster(const QString &statement)
{
    const QUrl url(baseUrl());
    bool isDone = false;
    {
        QSqlDatabase database =
            QSqlDatabase::addDatabase(QStringLiteral("QPSQL"), QStringLiteral("stage"));
        database.setHostName(url.host());
        database.setPort(url.port());
        database.setUserName(url.userName());
        database.setPassword(url.password());
        database.setDatabaseName(url.path().mid(1));
        isDone = database.open() && QSqlQuery(database).exec(statement);
    }
    QSqlDatabase::removeDatabase(QStringLiteral("stage"));
    return isDone;
}

} // namespace

bool Stage::lacksPostgres()
{
    return baseUrl().isEmpty();
}

Stage::Stage(Store store, const Environment &settings,
             const sandbox::Sandbox::Settings &sandboxSettings)
{
    sandbox::Sandbox::Settings stand = sandboxSettings;
    stand.phone.plain = true;
    stand.phone.ring = std::chrono::milliseconds(300);
    auto created = sandbox::Sandbox::create(stand);
    if (!created) {
        m_why = QStringLiteral("no sandbox: ") + created.error().message;
        return;
    }
    m_sandbox = std::move(*created);
    m_environment = {
        {QStringLiteral("DEVELOPMENT_MODE"), QStringLiteral("true")},
        {QStringLiteral("ENABLE_RATE_LIMITING"), QStringLiteral("false")},
        {QStringLiteral("HOST"), QStringLiteral("127.0.0.1")},
        {QStringLiteral("DATA_DIR"), m_folder.filePath(QStringLiteral("data"))},
        {QStringLiteral("DATABASE_URL"), prepareDatabase(store)},
        {QStringLiteral("SECRET_KEY"), QStringLiteral("0123456789abcdef0123456789abcdef")},
        {QStringLiteral("OPENAI_API_KEY"), QString::fromLatin1(stand.voice.key)},
        {QStringLiteral("OPENAI_REALTIME_URL"), m_sandbox->model().url()},
        {QStringLiteral("TWILIO_ACCOUNT_SID"), QString::fromLatin1(stand.phone.accountSid)},
        {QStringLiteral("TWILIO_AUTH_TOKEN"), QString::fromLatin1(stand.phone.authToken)},
        {QStringLiteral("TWILIO_PHONE_NUMBER"), QStringLiteral("+14155550100")},
        {QStringLiteral("TWILIO_API_BASE_URL"), m_sandbox->phone().baseUrl()},
        {QStringLiteral("TWILIO_INTELLIGENCE_BASE_URL"), m_sandbox->phone().intelligenceUrl()},
        {QStringLiteral("GOOGLE_CLIENT_ID"), QString::fromLatin1(stand.google.clientId)},
        {QStringLiteral("GOOGLE_CLIENT_SECRET"), QString::fromLatin1(stand.google.clientSecret)},
        {QStringLiteral("GOOGLE_API_BASE_URL"), m_sandbox->google().baseUrl()},
        {QStringLiteral("GOOGLE_OAUTH_BASE_URL"), m_sandbox->google().baseUrl()},
        {QStringLiteral("STRIPE_SECRET_KEY"), QString::fromLatin1(stand.stripe.secretKey)},
        {QStringLiteral("STRIPE_PUBLISHABLE_KEY"),
         QString::fromLatin1(stand.stripe.publishableKey)},
        {QStringLiteral("STRIPE_WEBHOOK_SECRET"), QString::fromLatin1(stand.stripe.webhookSecret)},
        {QStringLiteral("STRIPE_API_BASE_URL"), m_sandbox->stripe().baseUrl()}};
    // The phone network must be told an address before the server has its port, so the port is
    // chosen here.
    QTcpServer probe;
    probe.listen(QHostAddress::LocalHost);
    const QString port = QString::number(probe.serverPort());
    probe.close();
    m_environment.insert(QStringLiteral("PORT"), port);
    m_environment.insert(QStringLiteral("PUBLIC_URL"), QStringLiteral("http://127.0.0.1:") + port);
    for (auto it = settings.cbegin(); it != settings.cend(); ++it)
        m_environment.insert(it.key(), it.value());

    ServerProcess maker;
    Environment withPassword = m_environment;
    withPassword.insert(QStringLiteral("ADMIN_PASSWORD"), kStaffPassword);
    if (maker.run({QStringLiteral("--create-admin"), kStaffEmail}, withPassword) != 0) {
        m_why = QStringLiteral("no staff account: ") + QString::fromUtf8(maker.errors());
        return;
    }
    restart();
}

Stage::~Stage()
{
    if (m_sandbox)
        m_sandbox->shutDown();
    m_server.reset();
    if (!m_postgresName.isEmpty())
        executeInCluster(QStringLiteral("DROP DATABASE %1 WITH (FORCE)").arg(m_postgresName));
}

QString Stage::prepareDatabase(Store store)
{
    if (store == Store::Sqlite)
        return m_folder.filePath(QStringLiteral("journey.db"));
    m_postgresName = QStringLiteral("journey_%1").arg(QRandomGenerator::global()->generate());
    if (!executeInCluster(QStringLiteral("CREATE DATABASE %1").arg(m_postgresName)))
        m_why = QStringLiteral("no database could be made");
    QUrl url(baseUrl());
    url.setPath(QLatin1Char('/') + m_postgresName);
    return url.toString();
}

bool Stage::restart()
{
    m_server = std::make_unique<ServerProcess>();
    if (!m_server->start(m_environment)) {
        m_why =
            QStringLiteral("the server did not start: ") + QString::fromUtf8(m_server->errors());
        return false;
    }
    m_staff = std::make_unique<RestClient>(m_server->url());
    if (!m_staff->signIn(kStaffEmail, kStaffPassword))
        m_why = QStringLiteral("the member of staff could not sign in");
    return isReady();
}

qint64 Stage::place(const QString &scenario, const QString &number)
{
    const Answer answer =
        staff().post(QStringLiteral("/calls"), {{QStringLiteral("phone_number"), number},
                                                {QStringLiteral("scenario"), scenario}});
    return answer.status == 201 ? answer.object().value(QLatin1String("id")).toInteger() : 0;
}

QJsonObject Stage::waitForCall(qint64 id, const std::function<bool(const QJsonObject &)> &isThere,
                               int patienceMs)
{
    QJsonObject call;
    [[maybe_unused]] const bool inTime = QTest::qWaitFor(
        [&] {
            call = staff().get(QStringLiteral("/calls/%1").arg(id)).object();
            return isThere(call);
        },
        patienceMs);
    return call;
}

QJsonObject Stage::waitForEnd(qint64 id, int patienceMs)
{
    return waitForCall(
        id,
        [](const QJsonObject &call) {
            return !call.value(QLatin1String("ended_at")).isNull()
                   && call.contains(QLatin1String("ended_at"))
                   && !call.value(QLatin1String("end_reason")).isNull();
        },
        patienceMs);
}

QString Stage::recordingFile(const QJsonObject &call) const
{
    return m_environment.value(QStringLiteral("DATA_DIR")) + QStringLiteral("/recordings/")
           + call.value(QLatin1String("recording")).toString();
}

QString Stage::execute(const QString &statement) const
{
    const QUrl url(m_environment.value(QStringLiteral("DATABASE_URL")));
    const bool isPostgres = url.scheme().startsWith(QLatin1String("postgres"));
    const QString name = QStringLiteral("past the server");
    QString wrong;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(
            isPostgres ? QStringLiteral("QPSQL") : QStringLiteral("QSQLITE"), name);
        database.setHostName(url.host());
        database.setPort(url.port());
        database.setUserName(url.userName());
        database.setPassword(url.password());
        database.setDatabaseName(isPostgres ? url.path().mid(1) : url.toString());
        if (!database.open() || !QSqlQuery(database).exec(statement))
            wrong = database.lastError().text() + QStringLiteral(" in ") + statement;
    }
    QSqlDatabase::removeDatabase(name);
    return wrong;
}

Stage::Store storeOfRow()
{
    QFETCH_GLOBAL(int, store);
    return Stage::Store(store);
}

QByteArray shellOutput(const QString &command)
{
    QProcess bash;
    bash.start(QStringLiteral("bash"), {QStringLiteral("-c"), command});
    bash.closeWriteChannel();
    [[maybe_unused]] const bool isDone =
        QTest::qWaitFor([&] { return bash.state() == QProcess::NotRunning; }, 20'000);
    return bash.readAllStandardOutput();
}

QJsonObject shellObject(const QString &command)
{
    return QJsonDocument::fromJson(shellOutput(command)).object();
}

} // namespace tests
