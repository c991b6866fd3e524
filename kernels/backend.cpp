#include "kernels/backend.h"

namespace kernels {

Error invalidNumbers(std::string_view where)
{
    return {ErrorCode::InvalidNumbers,
            {.what = "The model produced invalid numbers",
             .where = where,
             .expected = "finite numbers",
             .found = "NaN or infinity",
             .wayOut = "The file is probably damaged: download it again, or try --precision reference."}};
}

} // namespace kernels
