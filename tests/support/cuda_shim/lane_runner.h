// How the scheduler has the lanes of a block run.
#pragma once

#include <functional>
#include <vector>

namespace shim {

// Runs the lanes of currentBlock(), which is filled in, until all have left. order: of turns, where there are
// turns.
void runLanes(const std::vector<unsigned> &order, const std::function<void()> &body);

// One lane's call of the kernel; a fault ends it, an exception of the kernel's own is a fault.
void runBody(const std::function<void()> &body);

} // namespace shim
