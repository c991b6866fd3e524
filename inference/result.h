// The error type of every layer, under the name of this one.
#pragma once

#include "kernels/result.h"

namespace inference {

using kernels::describeError;
using kernels::Error;
using kernels::ErrorCode;
using kernels::ErrorParts;
using kernels::Result;

} // namespace inference
