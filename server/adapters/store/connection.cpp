#include "server/adapters/store/connection.h"

#include "server/adapters/store/sql_error.h"

#include <QFile>
#include <QScopeGuard>
#include <QSqlError>
#include <QSqlRecord>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace server::store {

using base::Fault;
using base::Result;

namespace {

/// More texts than the program has statements; only a statement built from parts could ever reach
/// it.
constexpr size_t statementLimit = 256;

/// How long SQLite waits for its lock, and a thread for its turn to ask for it.
constexpr std::chrono::milliseconds kWriterPatience{5000};

/// A lost read is sent once more. (A SELECT that writes through a function must run in a
/// transaction.)
bool isRead(const QString &text)
{
    return QStringView(text).trimmed().startsWith(QLatin1String("SELECT"), Qt::CaseInsensitive);
}

/// A value as both drivers store it: a null QString is a text (the empty one), times are UTC.
Result<QVariant> normalised(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::QString: {
        const QString text = value.toString();
        if (text.isNull())
            return QVariant(QStringLiteral(""));
        if (text.contains(QChar(u'\0')))
            return base::fail(Fault::Unprocessable,
                              QStringLiteral("A text must not contain a NUL character."));
        return value;
    }
    case QMetaType::QByteArray: {
        const QByteArray bytes = value.toByteArray();
        return bytes.isNull() ? QVariant(QByteArray("")) : value;
    }
    case QMetaType::QDateTime: {
        const QDateTime time = value.toDateTime();
        return time.isValid() ? QVariant(time.toUTC()) : QVariant();
    }
    default:
        return value;
    }
}

void createPrivateFile(const QString &path)
{
    if (QFile::exists(path))
        return;
    QFile file(path);
    // SQLite gives its journal files the mode of the main file.
    if (file.open(QIODevice::NewOnly | QIODevice::WriteOnly))
        file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
}

} // namespace

Connection::Connection(DatabaseAddress address, QString name, WriteTurn &turn)
    : m_address(std::move(address)), m_name(std::move(name)), m_turn(turn)
{
}

Connection::~Connection()
{
    drop();
    giveTurnBack();
}

void Connection::drop()
{
    // The driver first: a statement that outlives it is forgotten without a word to the server.
    if (m_database.isValid()) {
        m_database.close();
        m_database = QSqlDatabase();
        QSqlDatabase::removeDatabase(m_name);
    }
    m_statements.clear();
}

base::Error Connection::note(const QSqlError &error)
{
    SqlFailure failure = classify(error, m_address.dialect);
    m_isLost = failure.isLost || !m_database.isOpen();
    m_mayRetry = failure.mayRetry || m_isLost;
    if (m_isLost)
        failure.error.fault = Fault::Unavailable;
    return failure.error;
}

Result<> Connection::takeTurn()
{
    if (m_address.dialect != Dialect::Sqlite || m_hasTurn)
        return {};
    m_hasTurn = m_turn.take(kWriterPatience);
    if (m_hasTurn)
        return {};
    m_mayRetry = false;
    return base::fail(Fault::Unavailable,
                      QStringLiteral("The service is temporarily unavailable. Please try again."),
                      QStringLiteral("others wrote to the database all the time"));
}

void Connection::giveTurnBack()
{
    if (std::exchange(m_hasTurn, false))
        m_turn.giveBack();
}

Result<> Connection::ensureOpen()
{
    if (m_database.isValid() && m_database.isOpen())
        return {};
    if (m_inTransaction) {
        m_mayRetry = true;
        return base::fail(
            Fault::Unavailable,
            QStringLiteral("The service is temporarily unavailable. Please try again."),
            QStringLiteral("the database connection was lost inside a transaction"));
    }
    drop();
    const bool isPostgres = m_address.dialect == Dialect::PostgreSql;
    m_database = QSqlDatabase::addDatabase(
        isPostgres ? QStringLiteral("QPSQL") : QStringLiteral("QSQLITE"), m_name);
    m_database.setDatabaseName(m_address.name);
    if (isPostgres) {
        m_database.setHostName(m_address.host);
        m_database.setPort(m_address.port);
        m_database.setUserName(m_address.user);
        m_database.setPassword(QString::fromUtf8(m_address.password.reveal()));
        m_database.setConnectOptions(m_address.options);
    } else {
        createPrivateFile(m_address.name);
        m_database.setConnectOptions(
            QStringLiteral("QSQLITE_BUSY_TIMEOUT=%1").arg(kWriterPatience.count()));
    }
    // Without this every numeric would pass through a double.
    m_database.setNumericalPrecisionPolicy(QSql::HighPrecision);
    if (!m_database.open()) {
        base::Error error = note(m_database.lastError());
        error.fault = Fault::Unavailable;
        error.message = QStringLiteral("The service is temporarily unavailable. Please try again.");
        drop();
        return tl::unexpected(error);
    }
    auto prepared = prepareSession();
    if (!prepared)
        drop();
    return prepared;
}

Result<> Connection::prepareSession()
{
    if (m_address.dialect == Dialect::PostgreSql) {
        // One round trip per connection. 30 s: far above any statement of ours, so that a stuck one
        // frees its thread.
        return executeScript(QStringLiteral("SET TIME ZONE 'UTC'; SET statement_timeout = '30s'; "
                                            "SET client_min_messages = warning"));
    }
    if (auto switched = turnOnWriteAheadLog(); !switched)
        return switched;
    // What is deleted is overwritten: a transcript must not stay readable in the file's free pages.
    for (const char *pragma : {"PRAGMA synchronous = NORMAL", "PRAGMA secure_delete = ON"}) {
        if (auto set = executeScript(QLatin1String(pragma)); !set)
            return set;
    }
    return executeScript(QStringLiteral("PRAGMA foreign_keys = ON"));
}

Result<> Connection::turnOnWriteAheadLog()
{
    // Switching a new file to WAL needs the file alone, and for this lock SQLite does not wait by
    // itself.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    for (;;) {
        auto switched = executeScript(QStringLiteral("PRAGMA journal_mode = WAL"));
        if (switched || switched.error().fault != Fault::Unavailable
            || std::chrono::steady_clock::now() > deadline)
            return switched;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

Result<Connection::Prepared *> Connection::statement(const QString &text)
{
    if (const auto known = m_statements.find(text); known != m_statements.end())
        return &known->second;

    QSqlQuery query(m_database);
    // Rows are taken out at once, so the driver need not keep them. (On PostgreSQL it would mean
    // row by row.)
    query.setForwardOnly(m_address.dialect == Dialect::Sqlite);
    if (!query.prepare(text))
        return tl::unexpected(note(query.lastError()));
    if (m_statements.size() >= statementLimit)
        m_statements.clear();
    return &m_statements.emplace(text, Prepared{std::move(query)}).first->second;
}

Result<Rows> Connection::run(const QString &text, const QVariantList &params)
{
    const auto prepared = statement(text);
    if (!prepared)
        return failed(prepared);
    QSqlQuery &query = (*prepared)->query;
    for (int i = 0; i < int(params.size()); ++i) {
        auto value = normalised(params.at(i));
        if (!value)
            return failed(value);
        query.bindValue(i, *value);
    }
    if (!query.exec()) {
        const base::Error error = note(query.lastError());
        query.finish();
        return tl::unexpected(error);
    }
    Rows answer;
    if (query.isSelect()) {
        if (const auto read = readRows(**prepared, answer); !read)
            return failed(read);
    }
    answer.affected = std::max(0, query.numRowsAffected());
    query.finish(); // SQLite holds its locks until then
    return answer;
}

Result<> Connection::readRows(Prepared &prepared, Rows &answer)
{
    QSqlQuery &query = prepared.query;
    if (prepared.columns < 0)
        prepared.columns = query.record().count();
    while (query.next()) {
        QVariantList values;
        values.reserve(prepared.columns);
        for (int column = 0; column < prepared.columns; ++column)
            values.append(query.value(column));
        answer.rows.emplace_back(std::move(values));
    }
    // SQLite reports a lock or a broken constraint of a RETURNING statement while its rows are
    // read.
    if (!query.lastError().isValid())
        return {};
    const base::Error error = note(query.lastError());
    query.finish();
    return tl::unexpected(error);
}

Result<Rows> Connection::execute(const Sql &sql, const QVariantList &params)
{
    const QString &text = sql.text(m_address.dialect);
    const bool isWrite = !isRead(text);
    if (isWrite) {
        if (const auto mine = takeTurn(); !mine)
            return failed(mine);
    }
    const auto given = qScopeGuard([this] {
        if (!m_inTransaction)
            giveTurnBack();
    });
    for (bool isSecond = false;; isSecond = true) {
        if (const auto open = ensureOpen(); !open)
            return failed(open);
        m_isLost = false;
        auto answer = run(text, params);
        if (answer || !m_isLost)
            return answer;
        drop();
        if (isSecond || m_inTransaction || isWrite)
            return answer;
    }
}

Result<> Connection::executeScript(const QString &text)
{
    QSqlQuery query(m_database);
    if (query.exec(text))
        return {};
    return tl::unexpected(note(query.lastError()));
}

Result<> Connection::begin()
{
    // SQLite: take the write lock now. A reader that turns writer later can only fail.
    const QString text = m_address.dialect == Dialect::PostgreSql
                             ? QStringLiteral("BEGIN")
                             : QStringLiteral("BEGIN IMMEDIATE");
    if (auto mine = takeTurn(); !mine)
        return mine;
    const auto given = qScopeGuard([this] {
        if (!m_inTransaction)
            giveTurnBack();
    });
    for (bool isSecond = false;; isSecond = true) {
        // m_mayRetry: a server that cannot even begin is not asked over and over.
        if (auto open = ensureOpen(); !open) {
            m_mayRetry = false;
            return open;
        }
        m_isLost = false;
        auto begun = executeScript(text);
        m_inTransaction = bool(begun);
        m_mayRetry = false;
        if (begun || !m_isLost || isSecond)
            return begun;
        drop();
    }
}

Result<> Connection::commit()
{
    if (auto open = ensureOpen(); !open) {
        m_inTransaction = false;
        giveTurnBack();
        return open;
    }
    auto committed = executeScript(QStringLiteral("COMMIT"));
    if (committed) {
        m_inTransaction = false;
        giveTurnBack();
        return {};
    }
    // A connection lost during COMMIT leaves open whether it happened: never run it again by
    // itself.
    if (m_isLost)
        m_mayRetry = false;
    rollback();
    return committed;
}

void Connection::rollback()
{
    const bool mayRetry =
        m_mayRetry; // what the rollback itself meets says nothing about the transaction
    if (m_inTransaction && m_database.isValid() && !executeScript(QStringLiteral("ROLLBACK")))
        drop(); // a connection in an unknown state is worth nothing
    m_inTransaction = false;
    giveTurnBack();
    m_mayRetry = mayRetry;
}

} // namespace server::store
