// The two vendors' languages as the bridge knows them: values in, text out. Implemented by the
// adapters.
#pragma once

#include "server/bridge/model_codec.h"
#include "server/bridge/phone_codec.h"
