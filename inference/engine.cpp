#include "inference/engine.h"

namespace inference {

const char *endReasonName(EndReason reason)
{
    switch (reason) {
    case EndReason::Stop:
        return "stop";
    case EndReason::Length:
        return "length";
    case EndReason::Cancelled:
        return "cancelled";
    case EndReason::Context:
        return "context";
    }
    return "stop";
}

} // namespace inference
