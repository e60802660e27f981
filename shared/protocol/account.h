// Sign-in and the signed-in user, as the API says them.
#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <optional>

namespace protocol {

/// The answer of /auth/login, /auth/register, /auth/refresh and /token.
struct TokenPair
{
    QString accessToken;
    QString refreshToken; ///< empty where the route gives none

    QJsonObject toJson() const;
    static std::optional<TokenPair> fromJson(const QJsonObject &object);
};

/// What a member of staff may do; see Permission.
enum class Role { None, Support, Supervisor, Billing, Admin };

/// One right that a role carries. The server checks it, the console only hides what would be
/// refused.
enum class Permission {
    WatchCalls, ///< see live calls and transcripts
    Listen,     ///< hear both legs
    HangUp,     ///< end a call
    Whisper,    ///< tell the agent something the caller does not hear
    TakeOver,   ///< speak instead of the agent
    ManagePlans ///< plans, subscriptions, refunds
};

QString toText(Role role);
std::optional<Role> roleFromText(const QString &text);
bool isAllowed(Role role, Permission permission);

/// The answer of GET /users/me.
struct User
{
    qint64 id = 0;
    QString email;
    QString name;
    bool isActive = false;
    bool isAdmin = false;
    Role role = Role::None;

    QJsonObject toJson() const;
    static std::optional<User> fromJson(const QJsonObject &object);
};

} // namespace protocol
