<?php

declare(strict_types=1);

/** What a PHP process costs that does nothing. */
echo "{}\n";
