// Accounts from sign-up to deletion, as their clients see them.
#include "tests/journeys/account_steps.h"
#include "tests/journeys/stage.h"

#include <QDir>
#include <QTest>

using namespace tests;

namespace {

/// The token of the newest mail in the outbox; empty when there is none.
QString mailedToken(const Stage &stage)
{
    const QDir outbox(stage.environment().value(u"DATA_DIR"_s) + u"/outbox"_s);
    const QStringList files = outbox.entryList({u"*.eml"_s}, QDir::Files, QDir::Name);
    QFile file(outbox.absoluteFilePath(files.value(files.size() - 1)));
    if (files.isEmpty() || !file.open(QIODevice::ReadOnly))
        return {};
    const QString text = QString::fromUtf8(file.readAll());
    return text.section(u"http://localhost:5173/reset-password?token="_s, 1, 1)
        .section(u'\r', 0, 0);
}

} // namespace

class AccountJourney : public QObject
{
    Q_OBJECT
private slots:
    void namesAndGreetings();
    void readsTheIosLoginForm();
    void changesThePassword();
    void resetsAForgottenPassword();
    void listsAndEndsSessions();
    void exportsAndDeletes_data();
    void exportsAndDeletes();
};

void AccountJourney::namesAndGreetings()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient ann(stage.server().url());
    const Answer registered = signUp(ann, u"ann@example.com"_s);
    QCOMPARE(registered.status, 200);
    QVERIFY(!textOf(registered, "access_token").isEmpty());
    QVERIFY(!textOf(registered, "refresh_token").isEmpty());
    QCOMPARE(textOf(registered, "token_type"), u"bearer"_s);

    QCOMPARE(textOf(ann.get(u"/protected"_s), "message"), u"Hello, ann@example.com"_s);
    const Answer named = ann.post(u"/update-user-name"_s, {{u"name"_s, u" Ann Lee "_s}});
    QCOMPARE(named.status, 200);
    QCOMPARE(textOf(named, "message"), u"User name updated to: Ann Lee"_s);
    const Answer bare =
        ann.send("POST", u"/update-user-name"_s, "application/json", R"( "Z\u00f6e \"Z\"" )");
    QCOMPARE(textOf(bare, "message"), u"User name updated to: Zöe \"Z\""_s);
    QCOMPARE(textOf(ann.get(u"/users/me"_s), "name"), u"Zöe \"Z\""_s);
    for (const QByteArray &bad :
         {QByteArray(R"("a", "b")"), QByteArray(R"("a", "name": "b")"), QByteArray(R"(")"),
          QByteArray(R"("")"), QByteArray("7"), QByteArray("null"), QByteArray(R"({"name": null})"),
          QByteArray(R"("a\u0000b")"), QByteArray(R"("a\nb")"), QByteArray("\"\xff\xfe\""),
          '"' + QByteArray(201, 'a') + '"'})
        QCOMPARE(ann.send("POST", u"/update-user-name"_s, "application/json", bad).status, 422);
    QCOMPARE(textOf(ann.get(u"/users/me"_s), "name"), u"Zöe \"Z\""_s);
    RestClient nobody(stage.server().url());
    QCOMPARE(nobody.get(u"/protected"_s).status, 401);
    QCOMPARE(nobody.post(u"/update-user-name"_s, {{u"name"_s, u"x"_s}}).status, 401);
}

void AccountJourney::readsTheIosLoginForm()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient app(stage.server().url());
    QCOMPARE(signUp(app, u"ann+test@example.com"_s, mobile).status, 200);
    const Answer raw = app.send("POST", u"/auth/login"_s, "application/x-www-form-urlencoded",
                                "username=ann+test@example.com&password=password123", mobile);
    QCOMPARE(raw.status, 200);
    QVERIFY(!textOf(raw, "access_token").isEmpty());
    QVERIFY(!textOf(raw, "refresh_token").isEmpty());
    QCOMPARE(app.send("POST", u"/auth/login"_s, "application/x-www-form-urlencoded",
                      "username=ann+tes@example.com&password=password123", mobile)
                 .status,
             401);
}

void AccountJourney::changesThePassword()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient here(stage.server().url());
    RestClient there(stage.server().url());
    const Answer registered = signUp(here, u"ann@example.com"_s);
    const Answer second = login(there, u"ann@example.com"_s, kUserPassword);
    there.setToken(textOf(second, "access_token"));
    const auto change = [&](const QString &from, const QString &to) {
        return here.post(u"/auth/change-password"_s,
                         {{u"current_password"_s, from}, {u"new_password"_s, to}});
    };
    QCOMPARE(change(u"wrong"_s, u"new password"_s).status, 400);
    QCOMPARE(change(kUserPassword, u"short"_s).status, 422);
    QCOMPARE(change(kUserPassword, QString(1025, u'a')).status, 422);
    QCOMPARE(there.get(u"/users/me"_s).status, 200);

    // Times in tokens are whole seconds: the next one begins before the change.
    const qint64 second0 = QDateTime::currentSecsSinceEpoch();
    QTRY_VERIFY(QDateTime::currentSecsSinceEpoch() > second0);
    const Answer changed = change(kUserPassword, u"new password"_s);
    QCOMPARE(changed.status, 200);
    QCOMPARE(there.get(u"/users/me"_s).status, 401);
    const auto refreshed = [&](const Answer &signedIn) {
        return RestClient(stage.server().url())
            .post(u"/auth/refresh"_s, {{u"refresh_token"_s, textOf(signedIn, "refresh_token")}})
            .status;
    };
    QCOMPARE(refreshed(second), 401);
    QCOMPARE(refreshed(registered), 200);
    here.setToken(textOf(changed, "access_token"));
    QCOMPARE(here.get(u"/users/me"_s).status, 200);
    QCOMPARE(login(there, u"ann@example.com"_s, kUserPassword).status, 401);
    QCOMPARE(login(there, u"ann@example.com"_s, u"new password"_s).status, 200);
}

void AccountJourney::resetsAForgottenPassword()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient ann(stage.server().url());
    RestClient nobody(stage.server().url());
    const Answer registered = signUp(ann, u"ann@example.com"_s);
    const auto forgot = [&](const QString &email) {
        return nobody.post(u"/auth/forgot-password"_s, {{u"email"_s, email}});
    };
    const Answer unknown = forgot(u"nobody@example.com"_s);
    const Answer known = forgot(u"ANN@example.com"_s);
    QCOMPARE(known.status, 200);
    QCOMPARE(unknown.status, 200);
    QCOMPARE(known.body, unknown.body);
    QCOMPARE(forgot(u"no address"_s).status, 422);

    QTRY_VERIFY(!mailedToken(stage).isEmpty());
    const QString token = mailedToken(stage);
    QVERIFY(!stage.server().errors().contains(token.toLatin1()));
    const auto reset = [&](const QString &with, const QString &to) {
        return nobody.post(u"/auth/reset-password"_s,
                           {{u"token"_s, with}, {u"new_password"_s, to}});
    };
    QCOMPARE(reset(u"made-up"_s, u"new password"_s).status, 400);
    QCOMPARE(reset(token, u"short"_s).status, 422);
    QCOMPARE(reset(token, u"new password"_s).status, 200);
    const Answer again = reset(token, u"other password"_s);
    QCOMPARE(again.status, 400);
    QCOMPARE(detailOf(again), u"Invalid or expired reset token"_s);
    QCOMPARE(login(nobody, u"ann@example.com"_s, u"new password"_s).status, 200);
    QCOMPARE(login(nobody, u"ann@example.com"_s, kUserPassword).status, 401);
    QCOMPARE(
        nobody.post(u"/auth/refresh"_s, {{u"refresh_token"_s, textOf(registered, "refresh_token")}})
            .status,
        401);
}

void AccountJourney::listsAndEndsSessions()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient here(stage.server().url());
    signUp(here, u"ann@example.com"_s, {{"User-Agent", "Firefox"}});
    RestClient phone(stage.server().url());
    const Answer second =
        phone.send("POST", u"/auth/login"_s, "application/x-www-form-urlencoded",
                   "username=ann@example.com&password=password123", {{"User-Agent", "Phone"}});
    const auto list = [&] {
        return here.get(u"/auth/sessions"_s).object().value(u"sessions"_s).toArray();
    };
    QCOMPARE(list().size(), 2);
    QString other;
    for (const auto &item : list()) {
        const QJsonObject session = item.toObject();
        const bool isCurrent = session.value(u"current"_s).toBool();
        QCOMPARE(session.value(u"user_agent"_s).toString(), isCurrent ? u"Firefox"_s : u"Phone"_s);
        if (!isCurrent)
            other = session.value(u"id"_s).toString();
    }
    QVERIFY(!other.isEmpty());
    const auto end = [&](const QString &id) {
        return here.send("DELETE", u"/auth/sessions/"_s + id, {}, {});
    };
    QCOMPARE(end(u"nonsense"_s).status, 404);
    QCOMPARE(end(other).status, 200);
    QCOMPARE(end(other).status, 404);
    QCOMPARE(list().size(), 1);
    QCOMPARE(phone.post(u"/auth/refresh"_s, {{u"refresh_token"_s, textOf(second, "refresh_token")}})
                 .status,
             401);
    // A token without a sign-in behind it cannot tell which one is current.
    const Answer token = here.postForm(
        u"/token"_s, {{u"username"_s, u"ann@example.com"_s}, {u"password"_s, kUserPassword}});
    here.setToken(textOf(token, "access_token"));
    QVERIFY(list().at(0).toObject().value(u"current"_s).isNull());
}

void AccountJourney::exportsAndDeletes_data()
{
    QTest::addColumn<int>("store");
    QTest::newRow("SQLite") << int(Stage::Store::Sqlite);
    QTest::newRow("PostgreSQL") << int(Stage::Store::PostgreSql);
}

void AccountJourney::exportsAndDeletes()
{
    QFETCH(int, store);
    if (store == int(Stage::Store::PostgreSql) && Stage::lacksPostgres())
        QSKIP("no PostgreSQL: TEST_DATABASE_URL is not set");
    Stage stage{Stage::Store(store)};
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient &staff = stage.staff();
    const qint64 id = stage.place(u"birthday_wishes"_s);
    QVERIFY(id > 0);
    QVERIFY(!stage
                 .waitForCall(id,
                              [](const QJsonObject &call) {
                                  return call.value(u"status"_s).toString() == u"in-progress"_s;
                              })
                 .isEmpty());
    const auto remove = [&](const QJsonObject &body) {
        return staff.send("DELETE", u"/users/me"_s, "application/json",
                          QJsonDocument(body).toJson());
    };
    const QJsonObject right{{u"password"_s, u"correct horse battery"_s}};
    const Answer busy = remove(right);
    QCOMPARE(busy.status, 409);
    QCOMPARE(staff.post(u"/admin/calls/%1/hangup"_s.arg(id), {}).status, 200);
    const QJsonObject call = stage.waitForCall(
        id, [](const QJsonObject &row) { return row.value(u"recording"_s).isString(); });
    const QString recording = stage.recordingFile(call);
    QVERIFY(recording.endsWith(u".wav"_s));
    QTRY_VERIFY2(QFile::exists(recording), qPrintable(recording)); // written on a thread of its own

    const Answer exported = staff.get(u"/users/me/export"_s);
    QCOMPARE(exported.status, 200);
    QVERIFY(exported.header("Content-Disposition").startsWith("attachment"));
    const QJsonObject document = exported.object();
    QCOMPARE(document.value(u"account"_s).toObject().value(u"email"_s).toString(),
             u"staff@example.com"_s);
    const QJsonObject inExport = document.value(u"calls"_s).toArray().at(0).toObject();
    QCOMPARE(inExport.value(u"id"_s).toInteger(), id);
    QVERIFY(inExport.value(u"detail"_s).toObject().contains(u"transcript"_s));
    const QJsonObject usage = document.value(u"usage"_s).toObject();
    QCOMPARE(usage.value(u"calls_made_total"_s).toInt(), 1);
    QVERIFY(document.value(u"schedules"_s).isArray());
    QVERIFY(document.value(u"custom_scenarios"_s).isArray());
    QVERIFY(document.value(u"onboarding"_s).toObject().contains(u"preferred_voice"_s));
    QVERIFY(!exported.body.contains("argon2id"));

    QCOMPARE(remove({}).status, 422);
    QCOMPARE(remove({{u"password"_s, u"wrong"_s}}).status, 400);
    QCOMPARE(remove({{u"password"_s, 7}}).status, 422);
    QCOMPARE(staff.get(u"/users/me"_s).status, 200);
    QVERIFY(QFile::exists(recording));
    QCOMPARE(remove(right).status, 200);
    QVERIFY(!QFile::exists(recording));
    QCOMPARE(staff.get(u"/users/me"_s).status, 401);
    QCOMPARE(login(staff, u"staff@example.com"_s, u"correct horse battery"_s).status, 401);
}

QTEST_GUILESS_MAIN(AccountJourney)
#include "tst_account_journey.moc"
