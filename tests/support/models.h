// The real models that tests run on; packaging/models.json names them, packaging/fetch_models.sh fetches them.
#pragma once

#include <QString>

namespace test {

// Path of SmolLM2-135M-Instruct Q4_1, and of the starter model. Ends the test program with a failure that says how to
// fetch the file when it is not there: a missing model is never a skipped test.
QString smallModel();
QString starterModel();

} // namespace test
