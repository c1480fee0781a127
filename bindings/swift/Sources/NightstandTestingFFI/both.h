// The app's header first: what both declare is then one type.
#include "../Nightstand/NightstandFFI.h"
#include "../NightstandTesting/NightstandTestingFFI.h"
