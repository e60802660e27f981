#include "shared/protocol/account.h"

#include "shared/protocol/json_reader.h"

namespace protocol {

QJsonObject TokenPair::toJson() const
{
    QJsonObject object{{QStringLiteral("access_token"), accessToken},
                       {QStringLiteral("token_type"), QStringLiteral("bearer")}};
    if (!refreshToken.isEmpty())
        object.insert(QStringLiteral("refresh_token"), refreshToken);
    return object;
}

std::optional<TokenPair> TokenPair::fromJson(const QJsonObject &object)
{
    TokenPair pair{stringField(object, "access_token"), stringField(object, "refresh_token")};
    if (pair.accessToken.isEmpty())
        return std::nullopt;
    return pair;
}

QString toText(Role role)
{
    switch (role) {
    case Role::None:
        return QStringLiteral("none");
    case Role::Support:
        return QStringLiteral("support");
    case Role::Supervisor:
        return QStringLiteral("supervisor");
    case Role::Billing:
        return QStringLiteral("billing");
    case Role::Admin:
        return QStringLiteral("admin");
    }
    return {};
}

std::optional<Role> roleFromText(const QString &text)
{
    for (const Role role :
         {Role::None, Role::Support, Role::Supervisor, Role::Billing, Role::Admin}) {
        if (text == toText(role))
            return role;
    }
    return std::nullopt;
}

bool isAllowed(Role role, Permission permission)
{
    switch (permission) {
    case Permission::WatchCalls:
    case Permission::Listen:
        return role == Role::Support || role == Role::Supervisor || role == Role::Admin;
    case Permission::HangUp:
    case Permission::Whisper:
    case Permission::TakeOver:
        return role == Role::Supervisor || role == Role::Admin;
    case Permission::ManagePlans:
        return role == Role::Billing || role == Role::Admin;
    }
    return false;
}

QJsonObject User::toJson() const
{
    return {{QStringLiteral("id"), id},
            {QStringLiteral("email"), email},
            {QStringLiteral("name"), name},
            {QStringLiteral("is_active"), isActive},
            {QStringLiteral("is_admin"), isAdmin},
            {QStringLiteral("role"), toText(role)}};
}

std::optional<User> User::fromJson(const QJsonObject &object)
{
    const auto id = integerField(object, "id");
    const QString email = stringField(object, "email");
    if (!id || email.isEmpty())
        return std::nullopt;
    return User{*id,
                email,
                stringField(object, "name"),
                object.value(QLatin1String("is_active")).toBool(),
                object.value(QLatin1String("is_admin")).toBool(),
                roleFromText(stringField(object, "role")).value_or(Role::None)};
}

} // namespace protocol
