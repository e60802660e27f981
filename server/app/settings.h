// One row per environment variable: its name, default, and what it is for.
#pragma once

#include <QList>
#include <QString>

namespace server::app {

struct Setting
{
    const char *name;
    const char *group;    ///< heading in .env.example
    const char *standard; ///< the default as text; "" for none
    const char *purpose;
    bool isSecret = false;
};

/// Every variable the server reads, in the order of .env.example.
const QList<Setting> &allSettings();

} // namespace server::app
