// Errors of the engine and the store as sentences for people, with a way out.
#pragma once

#include "inference/result.h"

#include <QString>

namespace app {

// What happened and what to do, in one or two sentences; the layer's own details follow where they help.
QString errorSentence(const inference::Error &error);
// The head line alone, for a notice whose details are folded.
QString errorTitle(inference::ErrorCode code);

} // namespace app
