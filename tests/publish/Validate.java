import java.io.FileInputStream;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Checks a PDF against veraPDF's rules: java -cp ... Validate.java file.pdf ua1 2a. Ends with 1 if one fails. */
class Validate {
    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.SEVERE);
        VeraGreenfieldFoundryProvider.initialise();
        boolean good = true;
        for (int i = 1; i < arguments.length; i++) {
            PDFAFlavour flavour = PDFAFlavour.fromString(arguments[i]);
            try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(arguments[0]), flavour)) {
                ValidationResult result = Foundries.defaultInstance().createValidator(flavour, false).validate(parser);
                good &= result.isCompliant();
                System.out.println(flavour + (result.isCompliant() ? " passes, " : " fails, ") + result.getTotalAssertions() + " checks");
                for (TestAssertion found : result.getTestAssertions()) {
                    System.out.println(found.getRuleId() + " " + found.getMessage() + " " + found.getLocation().getContext());
                }
            }
        }
        System.exit(good ? 0 : 1);
    }
}
