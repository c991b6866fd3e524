// Whether a plug-in and the program were built from the same interface by the same compiler: C++ objects
// cross the edge.
#pragma once

#include "kernels/backend.h"
#include "kernels/cpu/self_test.h"
#include "kernels/token_stream.h"

#include <string>

namespace kernels {

// Equal in two builds that understand each other's objects. BALEEN_INTERFACE is a hash of the headers that
// describe them (kernels/CMakeLists.txt); the sizes tell what flags can change behind them.
inline std::string buildIdentity()
{
    std::string text = BALEEN_INTERFACE;
    text += ", ";
    text += __VERSION__;
    for (const std::size_t bytes : {sizeof(Plan), sizeof(Step), sizeof(WeightView), sizeof(RunInput),
                                    sizeof(Error), sizeof(Result<RunOutcome>), sizeof(BackendCapabilities),
                                    sizeof(std::string), sizeof(SelfTestReport), sizeof(DrawOptions), sizeof(DrawState), sizeof(DrawnToken)})
        text.append(1, ' ').append(std::to_string(bytes));
    return text;
}

} // namespace kernels
