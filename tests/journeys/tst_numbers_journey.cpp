// Telephone numbers as the web app's settings page uses them, and what happens when things are cut
// short.
#include "tests/journeys/account_steps.h"
#include "tests/journeys/described_api.h"
#include "tests/journeys/stage.h"

#include <QObject>
#include <QTest>

#include <future>

using namespace tests;

namespace {

/// Web: a row of W15. It reads capabilities without asking whether there are any.
struct WebNumber
{
    QString sid;
    QString number;
    QString name;
};

/// Web: a bare list of numbers; nothing where its page would crash or show none.
std::optional<QList<WebNumber>> webNumbers(const Answer &answer)
{
    const QJsonDocument document = QJsonDocument::fromJson(answer.body);
    if (answer.status != 200 || !document.isArray())
        return std::nullopt;
    QList<WebNumber> numbers;
    for (const auto &value : document.array()) {
        const QJsonObject one = value.toObject();
        const QJsonObject capabilities = one.value(u"capabilities"_s).toObject();
        const QDateTime created =
            QDateTime::fromString(one.value(u"dateCreated"_s).toString(), Qt::ISODate);
        if (!one.value(u"sid"_s).isString() || !one.value(u"phoneNumber"_s).isString()
            || !capabilities.value(u"voice"_s).isBool() || !capabilities.value(u"sms"_s).isBool()
            || !created.isValid())
            return std::nullopt;
        numbers.append({one.value(u"sid"_s).toString(), one.value(u"phoneNumber"_s).toString(),
                        one.value(u"friendlyName"_s).toString()});
    }
    return numbers;
}

/// Web: what Get Number needs of an answer; empty where it takes it for a failure.
QString webProvisioned(const Answer &answer)
{
    return answer.status / 100 == 2 ? textOf(answer, "phoneNumber") : QString();
}

const QString kProvision = u"/twilio/provision-number"_s;
const QString kNumbers = u"/twilio/user-numbers"_s;

QStringList numbersOf(RestClient &client)
{
    QStringList all;
    for (const WebNumber &one : webNumbers(client.get(kNumbers)).value_or(QList<WebNumber>()))
        all.append(one.number);
    return all;
}

} // namespace

/// Numbers are kept in PostgreSQL; a stage for each.
#define POSTGRES_STAGE()                                                                           \
    if (Stage::lacksPostgres())                                                                    \
        QSKIP(                                                                                     \
            "no PostgreSQL: TEST_DATABASE_URL is not set (tests/with_postgres.sh provides one)");  \
    Stage stage(Stage::Store::PostgreSql);                                                         \
    QVERIFY2(stage.isReady(), qPrintable(stage.why()))

class NumbersJourney : public QObject
{
    Q_OBJECT
private slots:
    void theSettingsPage();
    void neverMoreThanThree();
    void onboardingGoesOn();
    void mobileUsersShareNumbers();
    void theNetworkIsAway();
    void aServerDiesAfterThePurchase();
    void deletedAccountsGiveTheirNumbersBack();
    void answersMatchTheirDescription();
};

void NumbersJourney::theSettingsPage()
{
    POSTGRES_STAGE();
    RestClient ann(stage.server().url());
    RestClient bob(stage.server().url());
    QCOMPARE(signUp(ann, u"ann@example.com"_s).status, 200);
    QCOMPARE(signUp(bob, u"bob@example.com"_s).status, 200);

    const Answer account = ann.get(u"/twilio/account"_s); // W14
    QCOMPARE(account.status, 200);
    QCOMPARE(textOf(account, "accountSid"), QString(30, u'*') + u"0001"_s); // the service's
    QCOMPARE(textOf(account, "status"), u"active"_s);
    QCOMPARE(textOf(account, "balance"), u"23.45"_s);
    QCOMPARE(textOf(account, "currency"), u"USD"_s);
    QVERIFY(webNumbers(ann.get(kNumbers))->isEmpty()); // W15
    QCOMPARE(ann.get(u"/twilio/user-primary-number"_s).status, 404);

    const Answer searched = ann.get(u"/twilio/search-numbers?area_code=212&limit=2"_s);
    QCOMPARE(searched.object().value(u"availableNumbers"_s).toArray().size(), 2);
    QCOMPARE(
        ann.post(u"/twilio/search-numbers"_s, {{u"area_code"_s, u"212"_s}, {u"limit"_s, 2}}).body,
        searched.body);
    QCOMPARE(
        ann.get(u"/twilio/search-numbers"_s).object().value(u"availableNumbers"_s).toArray().size(),
        10);
    // W16: with an area code, with nothing at all, and the API's own form.
    const QString first = webProvisioned(ann.post(kProvision, {{u"area_code"_s, u"212"_s}}));
    QCOMPARE(first, u"+12125550110"_s);
    const QString second = webProvisioned(ann.post(kProvision, {}));
    QCOMPARE(second, u"+14155550110"_s);
    QCOMPARE(webProvisioned(bob.post(kProvision, {{u"phone_number"_s, u"(212) 555-0117"_s}})),
             u"+12125550117"_s);
    const Answer taken = bob.post(kProvision, {{u"phone_number"_s, first}});
    QCOMPARE(taken.status, 400);
    QCOMPARE(detailOf(taken), u"Failed to provision phone number: +12125550110 is not available"_s);
    QCOMPARE(bob.post(kProvision, {{u"area_code"_s, u"999"_s}}).status, 404);

    const auto shown = webNumbers(ann.get(kNumbers));
    QCOMPARE(shown->size(), 2);
    QCOMPARE(shown->at(0).number, first);
    QCOMPARE(shown->at(0).name, u"(212) 555-0110"_s);
    const sandbox::NumberMarket::Number *sold = stage.sandbox().phone().market().find(first);
    QCOMPARE(sold->sid, shown->at(0).sid);
    QCOMPARE(sold->voiceUrl, stage.server().url().toString() + u"/incoming-call/default"_s);
    const Answer primary = ann.get(u"/twilio/user-primary-number"_s);
    QCOMPARE(textOf(primary, "phoneNumber"), first);
    QCOMPARE(primary.object().value(u"isActive"_s), QJsonValue(true));
    QCOMPARE(numbersOf(bob), QStringList{u"+12125550117"_s});

    // W17: a literal + in the path.
    const auto release = [](RestClient &client, const QString &number) {
        return client.send("DELETE", u"/twilio/release-number/"_s + number, {}, {});
    };
    QCOMPARE(release(bob, first).status, 404);
    QCOMPARE(release(ann, u"nonsense"_s).status, 422);
    const Answer released = release(ann, first);
    QCOMPARE(released.status, 200);
    QCOMPARE(textOf(released, "message"), u"Phone number +12125550110 released successfully"_s);
    QCOMPARE(release(ann, first).status, 404);
    QVERIFY(!stage.sandbox().phone().market().find(first));
    QCOMPARE(numbersOf(ann), QStringList{second});
    // Who buys it next has it.
    QCOMPARE(webProvisioned(bob.post(kProvision, {{u"phone_number"_s, first}})), first);
    QCOMPARE(numbersOf(bob).size(), 2);
    // One that was released by hand is gone.
    stage.sandbox().phone().market().take(second);
    QVERIFY(webNumbers(ann.get(kNumbers))->isEmpty());
    QCOMPARE(ann.get(u"/twilio/user-primary-number"_s).status, 404);
}

void NumbersJourney::neverMoreThanThree()
{
    POSTGRES_STAGE();
    RestClient ann(stage.server().url());
    const QString token = textOf(signUp(ann, u"ann@example.com"_s), "access_token");
    std::vector<std::future<Answer>> answers;
    answers.reserve(20);
    for (int i = 0; i < 20; ++i) {
        answers.push_back(std::async(std::launch::async, [&] {
            RestClient client(stage.server().url());
            client.setToken(token);
            return client.post(kProvision, {});
        }));
    }
    int provisioned = 0;
    for (auto &answer : answers) {
        QVERIFY(QTest::qWaitFor(
            [&] { return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready; },
            60'000));
        const Answer got = answer.get();
        if (!webProvisioned(got).isEmpty()) {
            ++provisioned;
            continue;
        }
        QCOMPARE(got.status, 400);
        QCOMPARE(detailOf(got), u"Maximum number of phone numbers reached (3)"_s);
    }
    QCOMPARE(provisioned, 3);
    QCOMPARE(numbersOf(ann).size(), 3);
    QCOMPARE(stage.sandbox().phone().market().numbers().size(), size_t(3));
}

void NumbersJourney::onboardingGoesOn()
{
    POSTGRES_STAGE();
    RestClient ann(stage.server().url());
    signUp(ann, u"ann@example.com"_s);
    QCOMPARE(textOf(ann.get(u"/onboarding/next-action"_s), "endpoint"),
             u"/twilio/search-numbers"_s);
    const QString number = webProvisioned(ann.post(kProvision, {}));
    QCOMPARE(textOf(ann.get(u"/onboarding/next-action"_s), "action"), u"connect_calendar"_s);
    ann.send("DELETE", u"/twilio/release-number/"_s + number, {}, {});
    const Answer check = ann.get(u"/onboarding/check-step/phone_setup"_s);
    QCOMPARE(check.object().value(u"completed"_s), QJsonValue(true));
}

void NumbersJourney::mobileUsersShareNumbers()
{
    POSTGRES_STAGE();
    RestClient app(stage.server().url());
    signUp(app, u"app@example.com"_s, mobile);
    const Answer refused = app.post(kProvision, {}, mobile);
    QCOMPARE(refused.status, 403);
    QVERIFY(detailOf(refused).contains(u"shared numbers"_s));
    const QByteArray account = R"({"account_sid":"AC000000000000000000000000000000a1",)"
                               R"("auth_token":"0123456789abcdef0123456789abcdef"})";
    QCOMPARE(app.send("PUT", u"/twilio/credentials"_s, "application/json", account, mobile).status,
             403);
    QVERIFY(stage.sandbox().phone().market().numbers().empty());
    QVERIFY(webNumbers(app.get(kNumbers))->isEmpty());
}

void NumbersJourney::theNetworkIsAway()
{
    POSTGRES_STAGE();
    RestClient ann(stage.server().url());
    signUp(ann, u"ann@example.com"_s);
    const QString number = webProvisioned(ann.post(kProvision, {}));
    // An answer that got lost: the purchase is undone.
    stage.sandbox().phone().market().loseAnswers(1);
    const Answer lost = ann.post(kProvision, {});
    QCOMPARE(lost.status, 504);
    QCOMPARE(detailOf(lost), u"Failed to provision phone number"_s);
    QCOMPARE(stage.sandbox().phone().market().numbers().size(), size_t(1));

    stage.sandbox().phone().faults().add({sandbox::FaultKind::Refuse, {}, -1});
    const Answer account = ann.get(u"/twilio/account"_s);
    QCOMPARE(account.status, 502);
    QCOMPARE(detailOf(account), u"Failed to fetch account information"_s);
    QCOMPARE(detailOf(ann.get(u"/twilio/search-numbers"_s)),
             u"Failed to search available numbers"_s);
    QCOMPARE(ann.send("DELETE", u"/twilio/release-number/"_s + number, {}, {}).status, 502);
    QCOMPARE(numbersOf(ann), QStringList{number}); // as we know them
    stage.sandbox().phone().faults().clear();
    QCOMPARE(numbersOf(ann), QStringList{number});
}

void NumbersJourney::aServerDiesAfterThePurchase()
{
    POSTGRES_STAGE();
    RestClient ann(stage.server().url());
    signUp(ann, u"ann@example.com"_s);
    sandbox::NumberMarket &market = stage.sandbox().phone().market();
    market.onBought = [&](const auto &) { stage.server().kill(); };
    QCOMPARE(ann.post(kProvision, {}).status, 0);
    market.onBought = nullptr;
    QCOMPARE(market.numbers().size(), size_t(1));
    QVERIFY(stage.restart());
    QVERIFY(webNumbers(ann.get(kNumbers))->isEmpty()); // nobody was promised it
    QCOMPARE(market.numbers().size(), size_t(1)); // it might still be under way, for all we know

    QCOMPARE(
        stage.execute(u"UPDATE number_purchases SET begun_at = begun_at - interval '1 hour'"_s),
        QString());
    stage.server().terminate();
    QVERIFY(stage.restart());
    QTRY_VERIFY_WITH_TIMEOUT(market.numbers().empty(), 30'000);
    for (int i = 0; i < 3; ++i)
        QVERIFY(!webProvisioned(ann.post(kProvision, {})).isEmpty());
}

void NumbersJourney::deletedAccountsGiveTheirNumbersBack()
{
    POSTGRES_STAGE();
    RestClient ann(stage.server().url());
    signUp(ann, u"ann@example.com"_s);
    const QString number = webProvisioned(ann.post(kProvision, {}));
    const QJsonArray exported =
        ann.get(u"/users/me/export"_s).object().value(u"phone_numbers"_s).toArray();
    QCOMPARE(exported.first().toObject().value(u"phone_number"_s), QJsonValue(number));
    QCOMPARE(ann.send("DELETE", u"/users/me"_s, "application/json", R"({"password":"password123"})")
                 .status,
             200);
    stage.server().terminate();
    QVERIFY(stage.restart());
    QTRY_VERIFY_WITH_TIMEOUT(stage.sandbox().phone().market().numbers().empty(), 30'000);
}

void NumbersJourney::answersMatchTheirDescription()
{
    POSTGRES_STAGE();
    RestClient ann(stage.server().url());
    RestClient nobody(stage.server().url());
    signUp(ann, u"ann@example.com"_s);
    const QJsonObject api = nobody.get(u"/openapi.json"_s).object();
    QStringList wrong;
    const auto check = [&](const Answer &answer, const char *method, const char *path, int status) {
        const QString objection = objectionTo(answer, api, method, path, status);
        if (!objection.isEmpty())
            wrong.append(objection);
        return answer;
    };
    const auto get = [&](RestClient &client, const char *path, int status) {
        check(client.get(QLatin1String(path)), "get", path, status);
    };
    const auto post = [&](const char *path, const QJsonObject &body, int status) {
        return check(ann.post(QLatin1String(path), body), "post", path, status);
    };
    for (const char *path : {"/twilio/account", "/twilio/search-numbers", "/twilio/user-numbers",
                             "/twilio/user-primary-number", "/twilio/credentials"})
        get(nobody, path, 401);
    get(ann, "/twilio/account", 200);
    get(ann, "/twilio/search-numbers", 200);
    check(ann.get(u"/twilio/search-numbers?limit=0"_s), "get", "/twilio/search-numbers", 422);
    post("/twilio/search-numbers", {{u"area_code"_s, u"1"_s}}, 422);
    post("/twilio/search-numbers", {}, 200);
    get(ann, "/twilio/user-primary-number", 404);
    post("/twilio/provision-number", {{u"area_code"_s, 415}}, 422);
    post("/twilio/provision-number", {{u"phone_number"_s, u"12"_s}}, 422);
    post("/twilio/provision-number", {{u"phone_number"_s, u"+14155550999"_s}}, 400);
    const QString number = textOf(post("/twilio/provision-number", {}, 200), "phoneNumber");
    get(ann, "/twilio/user-numbers", 200);
    get(ann, "/twilio/user-primary-number", 200);
    const char *const release = "/twilio/release-number/{phone_number}";
    for (const int status : {200, 404})
        check(ann.send("DELETE", u"/twilio/release-number/"_s + number, {}, {}), "delete", release,
              status);
    get(ann, "/twilio/credentials", 404);
    check(ann.send("DELETE", u"/twilio/credentials"_s, {}, {}), "delete", "/twilio/credentials",
          404);
    check(ann.send("PUT", u"/twilio/credentials"_s, "application/json", "{}"), "put",
          "/twilio/credentials", 422);
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
}

QTEST_GUILESS_MAIN(NumbersJourney)
#include "tst_numbers_journey.moc"
