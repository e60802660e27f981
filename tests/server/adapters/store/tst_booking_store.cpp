// How users take bookings, and reservations, in the database.
#include "server/adapters/store/booking_store.h"
#include "server/adapters/store/calendar_store.h"
#include "server/adapters/store/sql_account_remover.h"
#include "tests/server/adapters/store/store_backends.h"
#include "tests/server/adapters/store/usage_fixture.h"
#include "tests/server/core/calendar/calendar_fakes.h"

#include <QTest>

using namespace server;
using base::Fault;
using core::BookingPolicy;
using core::BookingRule;
using core::Platform;
using core::Reservation;
using tests::addUser;
using tests::at;

namespace {

const QDateTime kBookingNow = at("2026-03-02T15:00:00.125Z");

core::TimeRange hourFrom(const char *start)
{
    return {at(start), at(start).addSecs(3600)};
}

Reservation reservationOf(const QByteArray &hash, const core::TimeRange &range)
{
    Reservation reservation;
    reservation.requestHash = hash;
    reservation.eventId = QStringLiteral("event") + QString::fromLatin1(hash.toHex());
    reservation.summary = QStringLiteral("Haarschnitt für Zoë");
    reservation.range = range;
    reservation.expiresAt = kBookingNow.addSecs(300);
    reservation.openAttempts = 1;
    return reservation;
}

/// Writes it, whatever is there.
bool put(store::SqlBookingStore &bookings, base::UserId owner, const Reservation &reservation)
{
    return bookings
        .reserve(
            owner, reservation.requestHash, reservation.range,
            [&reservation](const auto &, const auto &) { return std::optional(reservation); },
            kBookingNow)
        .has_value();
}

QByteArrayList hashes(const std::vector<Reservation> &reservations)
{
    QByteArrayList all;
    for (const Reservation &reservation : reservations)
        all.append(reservation.requestHash);
    return all;
}

} // namespace

class BookingStoreTest : public QObject
{
    Q_OBJECT
private slots:
    void keepsPolicies_data() { tests::addBackendRows(); }
    void keepsPolicies();
    void readsHoursAndZone_data() { tests::addBackendRows(); }
    void readsHoursAndZone();
    void keepsReservations_data() { tests::addBackendRows(); }
    void keepsReservations();
    void showsWhatOverlaps_data() { tests::addBackendRows(); }
    void showsWhatOverlaps();
    void theLastFailedAttemptReleases_data() { tests::addBackendRows(); }
    void theLastFailedAttemptReleases();
    void endedOnesGo_data() { tests::addBackendRows(); }
    void endedOnesGo();
    void allGoesWithTheAccount_data() { tests::addBackendRows(); }
    void allGoesWithTheAccount();
};

void BookingStoreTest::keepsPolicies()
{
    SCRATCH_DATABASE(scratch);
    store::SqlBookingConfigStore configs(scratch->database());
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    const auto bob = addUser(scratch->database(), QStringLiteral("bob"), Platform::Web);
    QVERIFY(!*configs.find(ann));
    for (const BookingPolicy &policy :
         {BookingPolicy{2, 4, BookingRule::Flexible, true},
          BookingPolicy{1, 50, BookingRule::Unlimited, false}, BookingPolicy{}}) {
        QVERIFY(configs.savePolicy(ann, policy, kBookingNow));
        QVERIFY((*configs.find(ann))->policy == policy);
    }
    QVERIFY(!*configs.find(bob));
    QCOMPARE(configs.savePolicy(base::UserId{99}, {}, kBookingNow).error().fault, Fault::NotFound);
    const auto rows = scratch->database().session().execute(
        QStringLiteral("SELECT company_name, timezone FROM user_business_configs"));
    QCOMPARE(rows->rows.size(), size_t(1));
    QCOMPARE(rows->first().text(0), QStringLiteral("Ann Company"));
    QCOMPARE(rows->first().text(1), QString());
}

void BookingStoreTest::readsHoursAndZone()
{
    SCRATCH_DATABASE(scratch);
    store::SqlBookingConfigStore configs(scratch->database());
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    QVERIFY(configs.savePolicy(ann, {}, kBookingNow));
    const QTimeZone utc("UTC");
    const QDate sunday(2026, 3, 8);
    QVERIFY((*configs.find(ann))->hours.openings(sunday, sunday, utc).empty());
    QVERIFY(scratch->database().session().execute(
        QStringLiteral("UPDATE user_business_configs SET timezone = 'Asia/Kathmandu', company_name "
                       "= 'Mine', business_hours = "
                       "'{\"sunday\":{\"start\":\"10:00\",\"end\":\"11:00\"}}'")));
    const auto config = *configs.find(ann);
    QCOMPARE(config->timeZone, QStringLiteral("Asia/Kathmandu"));
    QCOMPARE(config->hours.openings(sunday, sunday, utc),
             (std::vector{hourFrom("2026-03-08T10:00:00Z")}));
    // A new policy leaves the rest alone.
    QVERIFY(configs.savePolicy(ann, {1, 1, BookingRule::Unlimited, false}, kBookingNow));
    QCOMPARE((*configs.find(ann))->timeZone, QStringLiteral("Asia/Kathmandu"));
    QCOMPARE(scratch->database()
                 .session()
                 .execute(QStringLiteral("SELECT company_name FROM user_business_configs"))
                 ->first()
                 .text(0),
             QStringLiteral("Mine"));
}

void BookingStoreTest::keepsReservations()
{
    SCRATCH_DATABASE(scratch);
    store::SqlBookingStore bookings(scratch->database());
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    const QByteArray hash = QByteArray::fromHex("00ff00fe");
    const Reservation wanted = reservationOf(hash, hourFrom("2026-03-02T21:00:00Z"));
    QVERIFY(put(bookings, ann, wanted));
    std::optional<Reservation> seen;
    const auto look = [&] {
        return bookings.reserve(
            ann, hash, wanted.range,
            [&seen](const std::optional<Reservation> &own, const auto &others) {
                seen = own;
                return others.empty() ? std::nullopt : own;
            },
            kBookingNow);
    };
    QVERIFY(look() && seen);
    QCOMPARE(seen->requestHash, hash);
    QCOMPARE(seen->eventId, wanted.eventId);
    QCOMPARE(seen->summary, wanted.summary);
    QCOMPARE(seen->range, wanted.range);
    QCOMPARE(seen->expiresAt, wanted.expiresAt);
    QCOMPARE(seen->openAttempts, 1);
    QVERIFY(!seen->isConfirmed && !seen->confirmedAt.isValid());

    QVERIFY(bookings.confirm(ann, wanted, kBookingNow.addSecs(1)));
    QVERIFY(bookings.confirm(ann, wanted, kBookingNow.addSecs(9))); // the first counts
    QVERIFY(look() && seen->isConfirmed);
    QCOMPARE(seen->confirmedAt, kBookingNow.addSecs(1));

    Reservation anew = wanted;
    anew.generation = 1;
    anew.eventId = QStringLiteral("another");
    QVERIFY(put(bookings, ann, anew));
    QVERIFY(bookings.confirm(ann, wanted, kBookingNow)); // of the old one: too late
    QVERIFY(look() && !seen->isConfirmed);
    QCOMPARE(seen->generation, 1);
    QCOMPARE(seen->eventId, QStringLiteral("another"));
    QCOMPARE(bookings.ofOwner(ann)->size(), size_t(1));

    const auto unknown = bookings.reserve(
        base::UserId{99}, hash, wanted.range,
        [&wanted](const auto &, const auto &) { return std::optional(wanted); }, kBookingNow);
    QCOMPARE(unknown.error().fault, Fault::NotFound);
    QCOMPARE(unknown.error().message, QStringLiteral("User not found"));
}

void BookingStoreTest::showsWhatOverlaps()
{
    SCRATCH_DATABASE(scratch);
    store::SqlBookingStore bookings(scratch->database());
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    const auto bob = addUser(scratch->database(), QStringLiteral("bob"), Platform::Web);
    QVERIFY(put(bookings, ann, reservationOf("late", hourFrom("2026-03-02T21:30:00Z"))));
    QVERIFY(put(bookings, ann, reservationOf("early", hourFrom("2026-03-02T20:30:00Z"))));
    QVERIFY(put(bookings, ann, reservationOf("before", hourFrom("2026-03-02T20:00:00Z"))));
    QVERIFY(put(bookings, ann, reservationOf("after", hourFrom("2026-03-02T22:00:00Z"))));
    QVERIFY(put(bookings, bob, reservationOf("bob", hourFrom("2026-03-02T21:00:00Z"))));
    const core::TimeRange range = hourFrom("2026-03-02T21:00:00Z");
    QCOMPARE(hashes(*bookings.overlapping(ann, range)), (QByteArrayList{"early", "late"}));
    QCOMPARE(hashes(*bookings.ofOwner(ann)), (QByteArrayList{"before", "early", "late", "after"}));
    QByteArrayList seen;
    QVERIFY(bookings.reserve(
        ann, "late", range,
        [&seen](const auto &own, const auto &others) {
            seen = hashes(others);
            seen.append(own ? own->requestHash : QByteArray());
            return std::nullopt;
        },
        kBookingNow));
    QCOMPARE(seen, (QByteArrayList{"early", "late"}));
}

void BookingStoreTest::theLastFailedAttemptReleases()
{
    SCRATCH_DATABASE(scratch);
    store::SqlBookingStore bookings(scratch->database());
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    Reservation joined = reservationOf("two", hourFrom("2026-03-02T21:00:00Z"));
    joined.openAttempts = 2;
    QVERIFY(put(bookings, ann, joined));
    QVERIFY(bookings.release(ann, joined));
    QCOMPARE(bookings.ofOwner(ann)->size(), size_t(1)); // the other is still at it
    QVERIFY(bookings.release(ann, joined));
    QVERIFY(bookings.ofOwner(ann)->empty());
    const Reservation made = reservationOf("made", hourFrom("2026-03-02T21:00:00Z"));
    QVERIFY(put(bookings, ann, made));
    QVERIFY(bookings.confirm(ann, made, kBookingNow));
    QVERIFY(bookings.release(ann, made));
    QCOMPARE(bookings.ofOwner(ann)->size(), size_t(1));
}

void BookingStoreTest::endedOnesGo()
{
    SCRATCH_DATABASE(scratch);
    store::SqlBookingStore bookings(scratch->database());
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    QVERIFY(put(bookings, ann, reservationOf("old", hourFrom("2026-03-01T21:00:00Z"))));
    QVERIFY(put(bookings, ann, reservationOf("new", hourFrom("2026-03-03T21:00:00Z"))));
    QCOMPARE(*bookings.removeEnded(kBookingNow), 0); // the old one has not expired yet
    QCOMPARE(*bookings.removeEnded(kBookingNow.addSecs(301)), 1);
    QCOMPARE(hashes(*bookings.ofOwner(ann)), (QByteArrayList{"new"}));
}

void BookingStoreTest::allGoesWithTheAccount()
{
    SCRATCH_DATABASE(scratch);
    store::Database &database = scratch->database();
    store::SqlBookingStore bookings(database);
    store::SqlBookingConfigStore configs(database);
    store::SqlCalendarConsentStore consents(database);
    for (const char *name : {"ann", "bob"}) {
        const auto user = addUser(database, QString::fromLatin1(name), Platform::Web);
        QVERIFY(put(bookings, user, reservationOf("one", hourFrom("2026-03-02T21:00:00Z"))));
        QVERIFY(configs.savePolicy(user, {}, kBookingNow));
        QVERIFY(consents.addPending(name, {user, QStringLiteral("v"), kBookingNow.addSecs(600)},
                                    kBookingNow));
        QVERIFY(*consents.connect(user,
                                  {QStringLiteral("a"), QStringLiteral("r"),
                                   kBookingNow.addSecs(3600), QString(), QStringLiteral("1")},
                                  kBookingNow));
    }
    const auto rows = [&database](const char *table) {
        return database.session()
            .execute(QStringLiteral("SELECT count(*) FROM ") + QLatin1String(table))
            ->first()
            .integer(0);
    };
    const char *const tables[] = {"bookings", "user_business_configs", "oauth_states",
                                  "google_calendar_credentials", "connected_providers"};
    for (const char *table : tables)
        QCOMPARE(rows(table), 2);
    QVERIFY(store::SqlAccountRemover(database).removeAccount(base::UserId{1}, kBookingNow));
    for (const char *table : tables)
        QCOMPARE(rows(table), 1);
}

QTEST_GUILESS_MAIN(BookingStoreTest)
#include "tst_booking_store.moc"
