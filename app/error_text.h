// Errors of the engine and the store as sentences for people, with a way out; and what the engine says of itself.
#pragma once

#include "inference/result.h"

#include <QString>

#include <string>

namespace app {

// What happened and what to do, in one or two sentences; the layer's own details follow where they help.
QString errorSentence(const inference::Error &error);
// A layer's own words alone, of an error or a note, in the language of the window as far as they are known there
// (app/error_sentences.h).
QString errorDetails(const std::string &message);
// One sentence after the other: with a space between them, or without where the language has none.
QString joinedSentences(const QString &first, const QString &second);
// The head line alone, for a notice whose details are folded.
QString errorTitle(inference::ErrorCode code);

} // namespace app
