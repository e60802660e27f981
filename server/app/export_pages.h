// Long lists of an export.
#pragma once

#include "shared/base/result.h"

#include <QJsonArray>
#include <QJsonObject>

namespace server::app {

/// Page after page of `read` (limit, offset), until one is not full, each row through `toJson`.
template <typename Read, typename ToJson>
base::Result<QJsonValue> allPages(Read read, ToJson toJson)
{
    constexpr int kRowsAtOnce = 200;
    QJsonArray list;
    for (;;) {
        const auto rows = read(kRowsAtOnce, int(list.size()));
        if (!rows)
            return failed(rows);
        for (const auto &row : *rows) {
            const base::Result<QJsonObject> item = toJson(row);
            if (!item)
                return failed(item);
            list.append(*item);
        }
        if (rows->size() < size_t(kRowsAtOnce))
            return list;
    }
}

} // namespace server::app
