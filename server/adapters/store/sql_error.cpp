#include "server/adapters/store/sql_error.h"

namespace server::store {

using base::Fault;

namespace {

// PostgreSQL manual, appendix A "PostgreSQL Error Codes".
SqlFailure classifyPostgres(const QString &state)
{
    SqlFailure failure;
    if (state == QLatin1String("23505") || state == QLatin1String("23503")
        || state == QLatin1String("23P01")) {
        failure.error.fault = Fault::Conflict;
    } else if (state == QLatin1String("40001") || state == QLatin1String("40P01")) {
        failure.error.fault = Fault::Unavailable;
        failure.mayRetry = true;
    } else if (state.startsWith(QLatin1String("08")) || state == QLatin1String("57P01")
               || state == QLatin1String("57P02") || state == QLatin1String("57P03")
               || state.isEmpty()) {
        // No state at all: the driver could not even ask.
        failure.error.fault = Fault::Unavailable;
        failure.isLost = true;
        failure.mayRetry = true;
    } else if (state.startsWith(QLatin1String("53")) || state == QLatin1String("57014")
               || state == QLatin1String("55P03")) {
        failure.error.fault = Fault::Unavailable; // out of resources, or a time limit of ours
    } else {
        failure.error.fault = Fault::Internal;
    }
    return failure;
}

// SQLite, "Result and Error Codes": the low byte is the class, the whole number the exact case.
SqlFailure classifySqlite(int code)
{
    constexpr int busy = 5;
    constexpr int locked = 6;
    constexpr int ioError = 10;
    constexpr int full = 13;
    constexpr int cannotOpen = 14;
    constexpr int primaryKey = 1555;
    constexpr int unique = 2067;
    constexpr int foreignKey = 787;

    SqlFailure failure;
    const int family = code & 0xff;
    if (code == unique || code == primaryKey || code == foreignKey)
        failure.error.fault = Fault::Conflict;
    else if (family == busy || family == locked || family == ioError || family == full
             || family == cannotOpen)
        failure.error.fault = Fault::Unavailable;
    else
        failure.error.fault = Fault::Internal; // NOT NULL and CHECK among them: our own mistake
    return failure;
}

} // namespace

SqlFailure classify(const QSqlError &error, Dialect dialect)
{
    const QString code = error.nativeErrorCode();
    SqlFailure failure =
        dialect == Dialect::PostgreSql ? classifyPostgres(code) : classifySqlite(code.toInt());
    switch (failure.error.fault) {
    case Fault::Conflict:
        failure.error.message = QStringLiteral("This contradicts what is already stored.");
        break;
    case Fault::Unavailable:
        failure.error.message =
            QStringLiteral("The service is temporarily unavailable. Please try again.");
        break;
    default:
        failure.error.message =
            QStringLiteral("An unexpected error occurred. Please try again later.");
    }
    // The first line only: PostgreSQL's DETAIL line repeats the values, and those may be personal.
    failure.error.cause = QStringLiteral("sql %1: %2 %3")
                              .arg(code, error.databaseText().section(QLatin1Char('\n'), 0, 0),
                                   error.driverText().section(QLatin1Char('\n'), 0, 0));
    return failure;
}

} // namespace server::store
