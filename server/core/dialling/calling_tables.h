// What the rules of dialling know of the world, as data.
#pragma once

#include "server/core/dialling/number_place.h"
#include "server/core/dialling/opt_out.h"

#include <QSet>

namespace server::core {

/// Read once at start, never changed afterwards; any thread.
struct CallingTables
{
    NumberPlaces places;
    /// Where the law asks a voice to say that it is an AI: countries ("DE"), parts of them
    /// ("US-CA").
    QSet<QString> disclosurePlaces;
    OptOutPhrases optOutPhrases;

    /// Those inside this program (resources/calling).
    static base::Result<CallingTables> builtin();
};

} // namespace server::core
