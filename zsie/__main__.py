"""`python -m zsie`."""

from zsie.cli import main

if __name__ == "__main__":
    main()
